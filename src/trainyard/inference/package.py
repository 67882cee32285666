"""The packaged model on disk: `weights.safetensors` and `card.json`, written whole or not at all."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import save
from torch import Tensor

from trainyard.errors import DataError
from trainyard.files import json_values, sync_folder
from trainyard.inference.card import card_digest

CARD, WEIGHTS = "card.json", "weights.safetensors"


class PackageError(DataError):
    """A packaged model that is not there, not whole, or not what its card says."""

    stage = "model"


def save_package(folder: Path, *, state: Mapping[str, Tensor], card: Mapping[str, Any]) -> None:
    """Write a model's weights and card to `folder`, in the place of one that stood there.

    The card gets what loading checks: of the weights their size, md5 and each tensor's shape, dtype and sums, and a
    digest of itself.
    """
    tensors = kept_tensors(state)
    data = save(tensors)
    weights = {
        "file": WEIGHTS,
        "bytes": len(data),
        "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        "tensors": describe(tensors),
        "sums": json_values(sums(tensors)),
    }
    complete = {**card, "weights": weights}
    text = json.dumps({**complete, "digest": card_digest(complete)}, indent=2) + "\n"
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _write(partial / WEIGHTS, data)
        _write(partial / CARD, text.encode())
        sync_folder(partial)
        _replace(folder, partial)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def kept_tensors(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return copies of tensors on the CPU, each in memory of its own."""
    return {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in state.items()}


def weights_md5(folder: Path) -> str:
    """Return the md5 of a packaged model's weights, as its card has it."""
    return str(json.loads((folder / CARD).read_text(encoding="utf-8"))["weights"]["md5"])


def describe(tensors: Mapping[str, Tensor]) -> dict[str, dict[str, Any]]:
    """Return shape and dtype of each tensor, as JSON values."""
    return {
        name: {"shape": list(tensor.shape), "dtype": str(tensor.dtype).removeprefix("torch.")}
        for name, tensor in tensors.items()
    }


def sums(tensors: Mapping[str, Tensor]) -> dict[str, list[float]]:
    """Return the sum of each tensor's values and that of their sizes, which tell what digests made anew do not."""
    return {name: [float(tensor.double().sum()), float(tensor.double().abs().sum())]
            for name, tensor in tensors.items()}  # fmt: skip


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _replace(folder: Path, new: Path) -> None:
    """Rename `new` to `folder`; what stood there is removed after that."""
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    new.replace(folder)
    sync_folder(folder.parent)
    shutil.rmtree(old, ignore_errors=True)
