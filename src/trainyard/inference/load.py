"""Loading a packaged model: checked in full, and no code of the files is run."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from torch import Tensor

from trainyard.data.encoding import load_encoder
from trainyard.errors import TrainyardError
from trainyard.inference.card import FORMAT, VERSION, card_digest
from trainyard.inference.check import check_card
from trainyard.inference.model import Model
from trainyard.inference.package import CARD, WEIGHTS, PackageError, describe, sums
from trainyard.inference.probe import check_outputs
from trainyard.inference.restore import check_numbers, restore_network

LARGEST_CARD = 1 << 28  # bytes
ROUNDING = 1e-9  # of the sum of a tensor's sizes, in 64 bits
SHOWN = 400  # characters of an error
WRONG = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError, MemoryError, TrainyardError)


def load(path: Path | str, *, trust: Sequence[str] = ()) -> Model:
    """Return the model packaged in the folder `path`, or in `model/` of the run folder `path`.

    It gives, for the rows on its card, the numbers that it gave when it was packaged. A network of one's own is code
    that lies elsewhere: it is imported and run where `trust` names its package. Raises PackageError for what is
    missing, truncated, altered or of a later version.
    """
    folder = package_folder(Path(path))
    card = read_card(folder)
    try:
        check_card(card)
        model = _restore(folder, card, trust)
        check_outputs(model)
    except PackageError as error:
        raise PackageError([_placed(fault, folder) for fault in error.faults]) from error.__cause__
    except WRONG as error:
        words = " ".join(str(error).split())
        shown = words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
        raise PackageError(f"{folder / CARD}: does not describe a model that this Trainyard can build ({shown}). "
                           f"Load it with {made_with(card)}, which wrote it.") from error  # fmt: skip
    return model


def _placed(fault: str, folder: Path) -> str:
    """Return a fault with the file that it is in."""
    return fault if fault.startswith(str(folder)) else f"{folder / CARD}: {fault}"


def package_folder(path: Path) -> Path:
    """Return the folder of the package itself, given it or that of its run."""
    return path / "model" if not (path / CARD).is_file() and (path / "model" / CARD).is_file() else path


def _restore(folder: Path, card: Mapping[str, Any], trust: Sequence[str]) -> Model:
    network = restore_network(card, read_weights(folder, card), trust)
    check_numbers(network)
    return Model(card, network, load_encoder(card["preprocessing"]))


def read_card(folder: Path) -> dict[str, Any]:
    """Return the card of a packaged model, checked against its own digest."""
    path = folder / CARD
    try:
        if path.is_file() and path.stat().st_size > LARGEST_CARD:
            raise PackageError(f"{path}: has {path.stat().st_size:,} bytes, which no card has.")
        card = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise PackageError(f"{folder}: there is no packaged model here (no {CARD}).") from None
    except OSError as error:
        raise PackageError(f"{path}: cannot be read ({error.strerror}).") from None
    except (ValueError, RecursionError):
        raise PackageError(f"{path}: is no JSON. It was cut off or altered; package the model again.") from None
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise PackageError(f"{path}: is not the card of a Trainyard model.")
    if card.get("version") != VERSION:
        raise PackageError(f"{path}: is of version {card.get('version')}, but this Trainyard reads version {VERSION}. "
                           f"Load it with {made_with(card)}, which wrote it.")  # fmt: skip
    if card.get("digest") != card_digest(card):
        raise PackageError(f"{path}: does not have the digest it names. It was altered; package the model again.")
    return card


def made_with(card: Mapping[str, Any]) -> str:
    """Return the release of Trainyard that wrote a card."""
    versions = card.get("versions")
    return f"trainyard {versions['trainyard']}" if isinstance(versions, dict) and "trainyard" in versions else (
        "the release of Trainyard")  # fmt: skip


def read_weights(folder: Path, card: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return the tensors of a packaged model, checked against its card: bytes, digest, names, shapes and dtypes."""
    path, expected = folder / WEIGHTS, card["weights"]
    try:
        size = path.stat().st_size
        if size != expected["bytes"]:
            raise PackageError(f"{path}: has {size} bytes instead of {expected['bytes']}. It was cut off or altered; "
                               "package the model again.")  # fmt: skip
        data = path.read_bytes()
    except OSError as error:
        raise PackageError(f"{path}: cannot be read ({error.strerror}).") from None
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != expected["md5"]:
        raise PackageError(f"{path}: does not have the digest on its card. It was altered; package the model again.")
    try:
        tensors = read_tensors(data)
    except (SafetensorError, KeyError) as error:  # KeyError: a dtype that torch does not have
        raise PackageError(f"{path}: is no safetensors file ({error}).") from None
    if describe(tensors) != expected["tensors"]:
        raise PackageError(f"{path}: holds tensors of other names, shapes or dtypes than its card says.")
    for name, found in sums(tensors).items():
        if not _alike(found, expected["sums"][name]):
            raise PackageError(f"{path}: the values of {name} are not those that its card tells of. They were altered; "
                               "package the model again.")  # fmt: skip
    return tensors


def _alike(found: Sequence[float], expected: Sequence[float | None]) -> bool:
    """Whether sums are the same but for rounding; those of weights that are no numbers are told of elsewhere."""
    if None in expected:
        return not all(map(math.isfinite, found))
    allowed = ROUNDING * float(expected[1] or 0)
    return all(abs(one - float(other or 0)) <= allowed for one, other in zip(found, expected, strict=True))
