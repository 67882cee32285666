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

from trainyard.files import sync_folder

CARD, WEIGHTS = "card.json", "weights.safetensors"


def save_package(folder: Path, *, state: Mapping[str, Tensor], card: Mapping[str, Any]) -> None:
    """Write a model's weights and card to `folder`, in the place of one that stood there.

    The card gets the size and md5 of the weights and each tensor's shape and dtype, which loading checks.
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    data = save(tensors)
    weights = {
        "file": WEIGHTS,
        "bytes": len(data),
        "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        "tensors": {
            name: {"shape": list(tensor.shape), "dtype": dtype_name(tensor)} for name, tensor in tensors.items()
        },
    }
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _write(partial / WEIGHTS, data)
        _write(partial / CARD, (json.dumps({**card, "weights": weights}, indent=2) + "\n").encode())
        shutil.rmtree(folder, ignore_errors=True)
        partial.replace(folder)
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def dtype_name(tensor: Tensor) -> str:
    """Return the dtype of a tensor as in float32."""
    return str(tensor.dtype).removeprefix("torch.")


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
