"""A folder with images and labels in IDX files under the names that MNIST's have: train-..., and t10k-... to test."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from trainyard.config.schema.dataset import Idx
from trainyard.data.files import listed
from trainyard.data.idx import read_idx
from trainyard.data.layout import CHANNELS, channels_first
from trainyard.data.origin import files_of, origin_of
from trainyard.data.pixel_parts import joined_pixels
from trainyard.data.pixels import PixelArray
from trainyard.data.source import Source, SourceFile
from trainyard.errors import DataError
from trainyard.lineage.folder import folder_md5

PARTS = {"train": ("train",), "val": ("val", "valid", "validation"), "test": ("t10k", "test")}
USUAL = "train-images-idx3-ubyte and train-labels-idx1-ubyte, with or without .gz"


def load_idx(dataset: Idx, memory: Path | None) -> Source:
    """The images and labels of a folder; the part of a row is that of its file, where there is one for the test.

    Raises DataError with all faults of its files.
    """
    folder = files_of(dataset)["train"][1]
    pairs = find_pairs(folder, with_test=dataset.split in ("auto", "files"))
    faults: list[str] = []
    read = {}
    for part, paths in pairs.items():
        try:
            read[part] = read_pair(*paths)
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    pixels = joined_pixels({part: PixelArray(images) for part, (images, _) in read.items()},
                           {part: paths[0].name for part, paths in pairs.items()})  # fmt: skip
    lengths = [len(labels) for _, labels in read.values()]
    table = pa.table({dataset.target[0]: np.concatenate([labels for _, labels in read.values()])})
    parts = np.repeat(list(read), lengths) if len(read) > 1 else None
    files = tuple(SourceFile(pairs[part][0], length) for part, length in zip(read, lengths, strict=True))
    return Source(table=table, digest=folder_md5(folder, memory),
                  origin=origin_of(dataset), parts=parts, files=files, pixels=pixels)  # fmt: skip


def find_pairs(folder: Path, with_test: bool) -> dict[str, tuple[Path, Path]]:
    """The files with the images and the labels of each part that there is; of train alone unless `with_test`."""
    names = sorted(path for path in folder.iterdir() if path.is_file() and "ubyte" in path.name.lower())
    pairs = {}
    for part, beginnings in PARTS.items():
        found = [find(folder, names, part, beginnings, kind) for kind in ("images", "labels")]
        if found[0] and found[1]:
            pairs[part] = found[0], found[1]
        elif found[0]:
            lacking = found[0].name.replace("images", "labels").replace("idx3", "idx1")
            raise DataError(f"{folder} has {found[0].name}, but no file with its labels. Put {lacking} there.")
        elif found[1]:
            lacking = found[1].name.replace("labels", "images").replace("idx1", "idx3")
            raise DataError(f"{folder} has {found[1].name}, but no file with its images. Put {lacking} there.")
    if "train" not in pairs:
        holds = f"It holds {listed([path.name for path in names[:4]])}." if names else "It holds no such file."
        raise DataError(f"{folder} has no images to train on: {USUAL}. {holds}")
    return pairs if with_test and "test" in pairs else {"train": pairs["train"]}


def find(folder: Path, paths: Sequence[Path], part: str, beginnings: Sequence[str], kind: str) -> Path | None:
    """The one file of a part and a kind ("images" or "labels"), None where there is none; plain rather than .gz."""
    words = {path: path.name.lower().replace(".", "-").replace("_", "-").split("-") for path in paths}
    found = [path for path in paths if kind in words[path] and set(beginnings) & set(words[path])]
    plain = [path for path in found if path.suffix.lower() != ".gz"]
    found = plain or found
    if len(found) > 1:
        raise DataError(f"{folder} has {len(found)} files with the {kind} of {part}: "
                        f"{listed([path.name for path in found[:3]])}. Keep one of them there.")  # fmt: skip
    return found[0] if found else None


def read_pair(images_path: Path, labels_path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, channels, height, width) uint8 and labels (N,). Raises DataError."""
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.ndim not in (3, 4) or images.dtype != np.uint8:
        raise DataError(f"{images_path.name} has {images.ndim} dimensions of {images.dtype.name}, but images have 3 or "
                        f"4 of uint8: number, height, width, and perhaps channels ({images_path}).")  # fmt: skip
    if labels.ndim != 1:
        raise DataError(f"{labels_path.name} has {labels.ndim} dimensions, but labels have 1 ({labels_path}).")
    if len(images) != len(labels):
        raise DataError(f"{images_path.name} has {len(images):,} images, but {labels_path.name} has {len(labels):,} "
                        "labels. Take two files that belong together.")  # fmt: skip
    if len(images) == 0:
        raise DataError(f"{images_path.name} holds no images ({images_path}).")
    native = labels.astype(labels.dtype.newbyteorder("="))
    last = images.ndim == 4 and images.shape[3] in CHANNELS
    return channels_first(images, "channels_last" if last else "channels_first", images_path.name), native
