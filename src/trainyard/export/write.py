"""Writing an export: built beside its place, held to the packaged model, and put there only where it agrees."""

import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainyard.errors import ConfigError, TrainyardError
from trainyard.export.formats import FORMATS, Written
from trainyard.export.truth import Rows, largest_difference, plain_predictions
from trainyard.files import cannot_write
from trainyard.inference import Model
from trainyard.inference.load import package_folder

SIGNATURE = "signature.json"
LARGEST = 1e-4


class ParityError(TrainyardError):
    """An exported model that predicts other numbers than the packaged one."""


@dataclass(frozen=True)
class Export:
    """An export that was written: its files, over how many rows it was compared, and the largest difference there.

    `unit` says what the difference is in.
    """

    files: tuple[Path, ...]
    rows: int
    difference: float
    unit: str


def export(
    model: Model, source: Path, form: str, output: Path, pieces: Iterable[Rows], trust: Sequence[str] = ()
) -> Export:
    """Write a model, packaged in `source`, in a format to the folder `output`, compared over pieces of raw rows.

    Raises ParityError where a number differs by more than LARGEST, and what the format raises for what it cannot
    hold; nothing is written then.
    """
    partial = output.absolute().with_name(f".{output.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        written = FORMATS[form](model, package_folder(source), partial, trust)
        rows, difference = _compare(model, written, pieces)
        unit = "probability" if model.classes is not None else "deviations of the target"
        if difference > LARGEST:
            raise ParityError(f"format={form}: over {rows:,} test rows a prediction differs by {difference:.2g} "
                              f"({unit}) from the packaged model's, more than {LARGEST:g}, so nothing is written. "
                              "format=package gives the same numbers.")  # fmt: skip
        parity = {"rows": rows, "largest_difference": difference, "unit": unit, "allowed": LARGEST}
        text = json.dumps(signature(model, form, written, parity), indent=2, ensure_ascii=False) + "\n"
        (partial / SIGNATURE).write_text(text, encoding="utf-8")
        files = sorted(path.name for path in partial.iterdir())
        if output.exists():
            shutil.rmtree(output)
        partial.replace(output)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Export(tuple(output / name for name in files), rows, difference, unit)


def check_output(output: Path) -> None:
    """Raise ConfigError for a place where something else than an earlier export stands, or that cannot be written."""
    if output.is_file() or (output.is_dir() and any(output.iterdir()) and not (output / SIGNATURE).is_file()):
        raise ConfigError(f"output={output}: holds something else than an earlier export; name a new folder")
    problem = cannot_write(output.absolute().parent)
    if problem is not None:
        raise ConfigError(f"output={output}: cannot be written ({problem}); name another folder")


def _compare(model: Model, written: Written, pieces: Iterable[Rows]) -> tuple[int, float]:
    """Return the number of rows and the largest difference over them."""
    rows, difference = 0, 0.0
    for piece in pieces:
        expected = plain_predictions(model, piece)
        difference = max(difference, largest_difference(model, expected, written.predict(piece)))
        rows += len(next(iter(expected.values())))
    return rows, difference


def signature(model: Model, form: str, written: Written, parity: dict[str, Any]) -> dict[str, Any]:
    """Return what a person needs to use an export, as JSON values."""
    card = model.card
    return {
        "format": form, "file": written.file, "use": written.use, "task": card["task"], "inputs": written.inputs,
        "outputs": written.outputs, "classes": card["classes"], "targets": card["targets"], "parity": parity,
        "weights_md5": card["weights"]["md5"], "versions": card["versions"],
    }  # fmt: skip
