"""A folder of images with a subfolder for each class, perhaps below train, val and test."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from trainyard.config.schema.dataset import ImageFolder
from trainyard.data.files import listed
from trainyard.data.image_files import ENDINGS, ImageFiles
from trainyard.data.origin import files_of, origin_of
from trainyard.data.source import Source
from trainyard.data.split import SPELLINGS
from trainyard.errors import DataError
from trainyard.lineage.folder import folder_md5


@dataclass(frozen=True)
class Found:
    """An image, the class whose folder it lies in, and its part: "train" where there are no folders of parts."""

    path: Path
    label: str
    part: str


def load_image_folder(dataset: ImageFolder, memory: Path | None) -> Source:
    """The images of a folder, to be read when they are asked for, with their classes as labels.

    Below train, val and test, whose images keep to their part, or directly below. Raises DataError.
    """
    folder = files_of(dataset)["train"][1]
    parts = part_folders(folder)
    if parts and "train" not in parts:
        there = listed([path.name for path in parts.values()])
        raise DataError(f"{folder} has a subfolder {there}, but none for train. Put the other images into "
                        f"{folder / 'train'}.")  # fmt: skip
    if dataset.split not in ("auto", "files"):
        parts = {part: path for part, path in parts.items() if part == "train"}
    found, strange = [], []
    for part, below in (parts or {"train": folder}).items():
        for label, paths, others in classes_of(below):
            found += [Found(path, label, part) for path in paths]
            strange += others
    if not found:
        raise DataError(f"{folder} holds no images. Put those of each class into a subfolder of its name: "
                        f"{folder / 'cat' / 'one.jpg'}.")  # fmt: skip
    images = ImageFiles.of([image.path for image in found], dataset.size, dataset.channels)
    kinds = ", ".join(ENDINGS)
    notes = [f"Left out what is no image ({kinds}): {len(strange)} in all, first {strange[0]}."] if strange else []
    return Source(
        table=pa.table({dataset.target[0]: [image.label for image in found]}), digest=folder_md5(folder, memory),
        origin=origin_of(dataset), parts=np.array([image.part for image in found]) if len(parts) > 1 else None,
        names=[str(image.path.relative_to(folder)) for image in found], pixels=images, notes=(*notes, *images.notes),
    )  # fmt: skip


def part_folders(folder: Path) -> dict[str, Path]:
    """The subfolders for train, val and test, empty where the subfolders are classes."""
    known = {spelling: part for part, spellings in SPELLINGS.items() for spelling in spellings}
    below = {path.name.lower(): path for path in subfolders(folder)}
    if not below or not all(name in known and subfolders(path) for name, path in below.items()):
        return {}
    parts: dict[str, Path] = {}
    for name, path in sorted(below.items()):
        other = parts.setdefault(known[name], path)
        if other != path:
            raise DataError(f"{folder} has two subfolders for {known[name]}: {other.name} and {path.name}. Join them.")
    return {part: parts[part] for part in SPELLINGS if part in parts}


def classes_of(folder: Path) -> Iterator[tuple[str, list[Path], list[Path]]]:
    """Yield each class of a folder with its images and the other files there. Raises DataError for one without images.

    Images further down belong to the class as well.
    """
    loose = [path for path in visible(folder) if path.is_file() and is_image(path)]
    if loose:
        raise DataError(f"{loose[0]} lies beside the classes. Put each image into the subfolder of its class.")
    empty = []
    for below in subfolders(folder):
        files = [path for path in sorted(below.rglob("*")) if path.is_file() and not is_hidden(path, below)]
        images = [path for path in files if is_image(path)]
        if not images:
            empty.append(below)
        yield below.name, images, [path for path in files if not is_image(path)]
    if empty:
        more = f" So it is with {listed([path.name for path in empty[1:4]])}." if len(empty) > 1 else ""
        raise DataError(f"The folder of the class {empty[0].name} holds no image ({', '.join(ENDINGS)}): {empty[0]}. "
                        f"Put its images there, or remove it.{more}")  # fmt: skip


def subfolders(folder: Path) -> list[Path]:
    return [path for path in visible(folder) if path.is_dir()]


def visible(folder: Path) -> list[Path]:
    """What lies in a folder, sorted by name, but for what is hidden."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def is_image(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS
