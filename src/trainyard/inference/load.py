"""Loading a packaged model: checked in full, and no code of the files is run."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from torch import Tensor, nn

from trainyard.config.convert import WrongValueError, convert_value
from trainyard.config.keys import keys_of
from trainyard.config.schema import NETWORKS, Network
from trainyard.data.encode import Encoder
from trainyard.errors import DataError, TrainyardError
from trainyard.inference.card import FORMAT, VERSION
from trainyard.inference.model import Model
from trainyard.inference.package import CARD, WEIGHTS, dtype_name
from trainyard.networks import Inputs, build_network


class PackageError(DataError):
    """A packaged model that is not there, not whole, or not what its card says."""

    stage = "model"


def load(path: Path | str) -> Model:
    """Return the model packaged in the folder `path`, or in `model/` of the run folder `path`.

    Raises PackageError for what is missing, truncated, altered or of a later version.
    """
    folder = Path(path)
    if not (folder / CARD).is_file() and (folder / "model" / CARD).is_file():
        folder = folder / "model"
    card = read_card(folder)
    try:
        network = restore_network(card, read_weights(folder, card))
        encoder = Encoder.from_dict(card["preprocessing"])
        return Model(card, network, encoder)
    except PackageError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError, TrainyardError) as error:
        raise PackageError(f"{folder / CARD}: does not describe a model that can be built ({error}).") from error


def read_card(folder: Path) -> dict[str, Any]:
    """Return the card of a packaged model."""
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PackageError(f"{folder}: there is no packaged model here (no {CARD}).") from None
    except (OSError, ValueError) as error:
        raise PackageError(f"{path}: cannot be read ({error}). It was altered or cut off.") from None
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise PackageError(f"{path}: is not the card of a Trainyard model.")
    if card.get("version") != VERSION:
        raise PackageError(f"{path}: is of version {card.get('version')}; this Trainyard reads version {VERSION}.")
    return card


def read_weights(folder: Path, card: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return the tensors of a packaged model, checked against its card: bytes, digest, names, shapes and dtypes."""
    path, expected = folder / WEIGHTS, card["weights"]
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PackageError(f"{path}: cannot be read ({error.strerror}).") from None
    if len(data) != expected["bytes"]:
        raise PackageError(f"{path}: has {len(data)} bytes instead of {expected['bytes']}. It was cut off or altered.")
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != expected["md5"]:
        raise PackageError(f"{path}: does not have the digest on its card. It was altered.")
    try:
        tensors = read_tensors(data)
    except SafetensorError as error:
        raise PackageError(f"{path}: is no safetensors file ({error}).") from None
    found = {name: {"shape": list(tensor.shape), "dtype": dtype_name(tensor)} for name, tensor in tensors.items()}
    if found != expected["tensors"]:
        raise PackageError(f"{path}: holds other tensors than its card says.")
    return tensors


def restore_network(card: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> nn.Module:
    """Return the network of a card with its weights, ready to predict."""
    sizes = card["inputs"]
    shape = sizes["image_shape"]
    inputs = Inputs(sizes["numeric"], tuple(sizes["category_sizes"]), None if shape is None else tuple(shape))
    with torch.device("meta"):
        network = build_network(network_config(card["network"]), inputs, card["outputs"])
    network.load_state_dict(dict(tensors), strict=True, assign=True)
    return network.eval().requires_grad_(False)


def network_config(values: Mapping[str, Any]) -> Network:
    """Return the config of a network from the JSON values of a card, checked like those of a person."""
    kind = NETWORKS.get(str(values["name"]))
    if kind is None:
        raise PackageError(f"network {values['name']}: this Trainyard has no such network.")
    known = keys_of(kind)  # type: ignore[arg-type]  # a class is hashable, whatever its objects are
    try:
        return kind(**{name: convert_value(value, known[name]) for name, value in values.items() if name != "name"})
    except WrongValueError as error:
        raise PackageError(f"The network on the card {error}.") from None
