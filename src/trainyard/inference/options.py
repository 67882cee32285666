"""The options that a model was made by, from the JSON values of its card, checked like those of a person."""

from collections.abc import Mapping
from typing import Any

from trainyard.config.convert import WrongValueError, convert_value
from trainyard.config.schema.declared import Key, keys_of
from trainyard.config.schema.model import NETWORKS, Classifier, Network, Regressor

MODELS: dict[str, type] = {"classifier": Classifier, "regressor": Regressor}


def network_config(values: Mapping[str, Any]) -> Network:
    """Return the config of a network. Raises LookupError or ValueError for what cannot be one."""
    network: Network = _option(values, NETWORKS, "network")
    return network


def model_config(values: Mapping[str, Any]) -> Classifier | Regressor:
    """Return the config of a classifier or a regressor. Raises LookupError or ValueError for what cannot be one."""
    model: Classifier | Regressor = _option(values, MODELS, "model")
    return model


def _option(values: Mapping[str, Any], kinds: Mapping[str, Any], what: str) -> Any:
    kind = kinds.get(str(values["name"]))
    if kind is None:
        raise LookupError(f"there is no {what} {values['name']}")
    known = keys_of(kind)
    try:
        return kind(**{name: _value(value, known[name]) for name, value in values.items() if name != "name"})
    except WrongValueError as error:
        raise ValueError(f"the {what} {error}") from None
    except KeyError as error:
        raise LookupError(f"the {what} {values['name']} has no key {error}") from None


def _value(value: Any, key: Key) -> Any:
    if key.is_layers:
        from trainyard.config.layers.check import read_layers  # knows all of torch.nn

        return read_layers(value)
    if key.nested is not None:
        return {name: key.nested(**inner) for name, inner in value.items()}
    return convert_value(value, key)
