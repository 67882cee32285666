"""Arrays x and y as the raw rows of a source, whatever they came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from trainyard.config.schema.dataset import Arrays, CustomDataset
from trainyard.data.files import listed
from trainyard.data.layout import channels_first
from trainyard.data.pixel_parts import joined_pixels
from trainyard.data.pixels import PixelArray
from trainyard.data.source import Source, SourceFile
from trainyard.errors import DataError

PIECE_BYTES = 1 << 26
WEIGHT = "weight"  # name of the column that holds the weights


@dataclass(frozen=True)
class ArrayRows:
    """x (N, F), (N, H, W) or (N, ., ., .), y (N,) or (N, T), and perhaps weights (N,)."""

    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None = None


def source_of_arrays(
    parts: Mapping[str, ArrayRows], dataset: Arrays | CustomDataset, *, names: Mapping[str, str], digest: str,
    origin: str, notes: Sequence[str] = (),
) -> Source:  # fmt: skip
    """The source of the arrays of each part; `names` says what x and y are called in messages.

    Numbers (N, F) become the columns x_0, x_1, ... of a table. Raises DataError for shapes and kinds that do not fit.
    """
    faults = [fault for rows in parts.values() for fault in misfits(rows, names)]
    if faults:
        raise DataError(faults)
    together = list(parts.values())
    targets = target_columns([rows.y for rows in together], dataset.target, names["y"])
    weights = [rows.weight for rows in together if rows.weight is not None]
    columns = {**targets, **({dataset.weight or WEIGHT: np.concatenate(weights)} if weights else {})}
    pixels = None
    if together[0].x.ndim == 2:
        columns = {**feature_columns([rows.x for rows in together], names["x"]), **columns}
    else:
        images = {part: pixel_array(channels_first(rows.x, dataset.layout, names["x"]), names["x"])
                  for part, rows in parts.items()}  # fmt: skip
        pixels = joined_pixels(images, {part: f"{names['x']} ({part})" for part in parts})
    lengths = [len(rows.x) for rows in together]
    called = [names["x"]] if len(parts) == 1 else [f"x_{part} of {names['x']}" for part in parts]
    return Source(
        table=pa.table(columns), digest=digest, origin=origin, pixels=pixels, notes=tuple(notes),
        parts=np.repeat(list(parts), lengths) if len(parts) > 1 else None,
        files=tuple(SourceFile(Path(name), length) for name, length in zip(called, lengths, strict=True)),
    )  # fmt: skip


def misfits(rows: ArrayRows, names: Mapping[str, str]) -> list[str]:
    """A fault for each array of another shape or kind than it should have."""
    faults = []
    if rows.x.ndim not in (2, 3, 4) or rows.x.dtype.kind not in "buif":
        faults.append(f"{names['x']}: x has the shape {rows.x.shape} and holds {rows.x.dtype}, but it has to be "
                      "numbers of the shape (N, F), or images (N, H, W), (N, C, H, W) or (N, H, W, C).")  # fmt: skip
    elif 0 in rows.x.shape:
        faults.append(f"{names['x']}: x has the shape {rows.x.shape}, so there is nothing to learn from.")
    if rows.y.ndim not in (1, 2) or rows.y.dtype.kind not in "buifU":
        faults.append(f"{names['y']}: y has the shape {rows.y.shape} and holds {rows.y.dtype}, but it has to be "
                      "numbers or texts of the shape (N,), or numbers (N, T).")  # fmt: skip
    elif not faults and len(rows.y) != len(rows.x):
        faults.append(f"x has {len(rows.x):,} rows ({names['x']}), but y has {len(rows.y):,} ({names['y']}). Take two "
                      "that belong together.")  # fmt: skip
    if rows.weight is not None and rows.weight.shape != rows.x.shape[:1]:
        faults.append(f"The weights have the shape {rows.weight.shape}, but x has {len(rows.x):,} rows ({names['x']}).")
    return faults


def target_columns(ys: Sequence[np.ndarray], target: Sequence[str], name: str) -> dict[str, pa.Array]:
    """y as columns with the names of dataset.target. Raises DataError where it has others than there are names."""
    count = 1 if ys[0].ndim == 1 else ys[0].shape[1]
    if count != len(target) or any(y.shape[1:] != ys[0].shape[1:] for y in ys):
        example = ",".join(f"y_{place}" for place in range(min(count, 3))) + (",..." if count > 3 else "")
        columns = f"{count} columns" if count > 1 else "one column"
        raise DataError(f"{name}: y has {columns}, but dataset.target names {len(target)}: {listed(target)}. Name "
                        f"each: dataset.target=[{example}].")  # fmt: skip
    flat = [y.reshape(len(y), count) for y in ys]
    return {name: column([y[:, place] for y in flat]) for place, name in enumerate(target)}


def feature_columns(xs: Sequence[np.ndarray], name: str) -> dict[str, pa.Array]:
    """x (N, F) as columns x_0, x_1, ..."""
    if any(x.shape[1:] != xs[0].shape[1:] for x in xs):
        shapes = listed([str(x.shape) for x in xs])
        raise DataError(f"{name}: the parts of x have other columns: {shapes}. Give them the same.")
    return {f"x_{place}": column([x[:, place] for x in xs]) for place in range(xs[0].shape[1])}


def column(pieces: Sequence[np.ndarray]) -> pa.Array:
    """Values (N,) of all parts under one another, NaN made null."""
    values = np.concatenate(pieces)
    return pa.array(values.astype(np.float32) if values.dtype == np.float16 else values, from_pandas=True)


def pixel_array(images: np.ndarray, name: str) -> PixelArray:
    """Images (N, channels, height, width), kept as uint8 where they are whole numbers of 0 to 255, else as floats.

    Raises DataError for values that are no finite numbers.
    """
    whole = True
    rows = max(1, PIECE_BYTES // max(1, images[:1].nbytes))
    for start in range(0, len(images) if images.dtype != np.uint8 else 0, rows):
        piece = images[start : start + rows]
        if piece.dtype.kind == "f" and not np.isfinite(piece).all():
            first = start + int(np.argmin(np.isfinite(piece).all((1, 2, 3))))
            raise DataError(f"{name}: the image of row {first + 1} holds values that are no finite numbers.")
        whole = whole and bool(np.all((piece >= 0) & (piece <= 255) & (piece == np.floor(piece))))
    wide = images.dtype.itemsize > 4
    return PixelArray(images, np.dtype(np.uint8 if whole else np.float64 if wide else np.float32))
