"""Loading a packaged model: checked in full, and no code of the files is run."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from torch import Tensor, nn

from trainyard.config.convert import WrongValueError, convert_value
from trainyard.config.keys import Key, keys_of
from trainyard.config.layers.check import read_layers
from trainyard.config.schema import NETWORKS, Custom, Network
from trainyard.config.trusted import target_fault
from trainyard.errors import DataError, TrainyardError
from trainyard.inference.card import FORMAT, VERSION, card_digest
from trainyard.inference.model import Model
from trainyard.inference.package import CARD, WEIGHTS, describe
from trainyard.networks import Inputs
from trainyard.networks.build import build_network, shapes_only


class PackageError(DataError):
    """A packaged model that is not there, not whole, or not what its card says."""

    stage = "model"


def load(path: Path | str, *, trust: Sequence[str] = ()) -> Model:
    """Return the model packaged in the folder `path`, or in `model/` of the run folder `path`.

    A network of one's own is code that lies elsewhere: it is imported and run where `trust` names its package. Raises
    PackageError for what is missing, truncated, altered or of a later version.
    """
    folder = Path(path)
    if not (folder / CARD).is_file() and (folder / "model" / CARD).is_file():
        folder = folder / "model"
    from trainyard.data.encoding import load_encoder  # reads raw rows with pyarrow, which packaging does not need

    card = read_card(folder)
    tensors = read_weights(folder, card)
    try:
        return Model(card, restore_network(card, tensors, trust), load_encoder(card["preprocessing"]))
    except PackageError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError, TrainyardError) as error:
        raise PackageError(f"{folder / CARD}: does not describe a model that this Trainyard can build ({error}). "
                           f"Load it with {made_with(card)}, which wrote it.") from error  # fmt: skip


def read_card(folder: Path) -> dict[str, Any]:
    """Return the card of a packaged model, checked against its own digest."""
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise PackageError(f"{folder}: there is no packaged model here (no {CARD}).") from None
    except OSError as error:
        raise PackageError(f"{path}: cannot be read ({error.strerror}).") from None
    except ValueError:
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
        data = path.read_bytes()
    except OSError as error:
        raise PackageError(f"{path}: cannot be read ({error.strerror}).") from None
    if len(data) != expected["bytes"]:
        raise PackageError(f"{path}: has {len(data)} bytes instead of {expected['bytes']}. It was cut off or altered; "
                           "package the model again.")  # fmt: skip
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != expected["md5"]:
        raise PackageError(f"{path}: does not have the digest on its card. It was altered; package the model again.")
    try:
        tensors = read_tensors(data)
    except SafetensorError as error:
        raise PackageError(f"{path}: is no safetensors file ({error}).") from None
    if describe(tensors) != expected["tensors"]:
        raise PackageError(f"{path}: holds tensors of other names, shapes or dtypes than its card says.")
    return tensors


def restore_network(card: Mapping[str, Any], tensors: Mapping[str, Tensor], trust: Sequence[str] = ()) -> nn.Module:
    """Return the network of a card with its weights, ready to predict; one's own only from trusted packages."""
    sizes = card["inputs"]
    shape = sizes["image_shape"]
    inputs = Inputs(
        sizes["numeric"], tuple(sizes["category_sizes"]), None if shape is None else tuple(shape),
        tuple(sizes.get("category_names", ())),
    )  # fmt: skip
    config = network_config(card["network"])
    if isinstance(config, Custom):
        _check_trust(config, trust)
    with shapes_only(config):  # the weights are there already
        network = build_network(config, inputs, card["outputs"], trust)
    network.load_state_dict(dict(tensors), strict=True, assign=True)
    unset = [name for name, tensor in chain(network.named_parameters(), network.named_buffers()) if tensor.is_meta]
    if unset:
        raise PackageError(f"There are no values for {', '.join(unset)} of the network.")
    return network.eval().requires_grad_(False)


def _check_trust(config: Custom, trust: Sequence[str]) -> None:
    if target_fault(config._target_, trust, "") is not None:
        package = config._target_.split(".")[0]
        raise PackageError(f"The network is {config._target_}, code of one's own that did not come with the weights. "
                           f"To import and run it, call load(..., trust=({package!r},)).")  # fmt: skip


def network_config(values: Mapping[str, Any]) -> Network:
    """Return the config of a network from the JSON values of a card, checked like those of a person."""
    kind = NETWORKS.get(str(values["name"]))
    if kind is None:
        raise LookupError(f"there is no network {values['name']}")
    known = keys_of(kind)  # type: ignore[arg-type]  # a class is hashable, whatever its objects are
    try:
        return kind(**{name: _value(value, known[name]) for name, value in values.items() if name != "name"})
    except WrongValueError as error:
        raise ValueError(f"the network {error}") from None
    except KeyError as error:
        raise LookupError(f"the network {values['name']} has no key {error}") from None


def _value(value: Any, key: Key) -> Any:
    return read_layers(value) if key.is_layers else convert_value(value, key)
