"""Layers as they stand in a config: each with its type and arguments in their types, and every fault in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trainyard.config.convert import WrongValueError, convert_value
from trainyard.config.faults import Fault, Unresolved, key_fault
from trainyard.config.layers.names import nearest_type, wrong_argument, wrong_initializer, wrong_type
from trainyard.config.layers.types import INPUT_SIZES, OUTPUT_SIZES, LayerType, initializers, layer_types
from trainyard.config.layers.wiring import OUTPUT, PATH, wire
from trainyard.config.nearest import did_you_mean, listed
from trainyard.config.schema.declared import Key, keys_of
from trainyard.config.schema.layers import LayerKeys, LayerValues, Regularization
from trainyard.errors import ConfigError

MISSING = "???"
KEYS = keys_of(LayerKeys)
OF_THE_WEIGHTS = ("init", "init_bias", "regularization", "lr_multiplier")
EXAMPLE = "{type: Linear, out_features: 64}"


def check_layers(value: Any) -> tuple[dict[str, LayerValues], list[Fault]]:
    """Return the layers in the types of their keys, those that are null left out, and what is wrong with them."""
    check = _Check()
    layers = check.layers(value)
    faults = check.faults
    return layers, faults if faults else wire(layers)[1]


def read_layers(value: Any) -> dict[str, LayerValues]:
    """Return the layers in the types of their keys; raise ConfigError where there is a fault."""
    layers, faults = check_layers(value)
    if faults:
        raise ConfigError([fault.text for fault in faults])
    return layers


@dataclass
class _Check:
    faults: list[Fault] = field(default_factory=list)

    def layers(self, value: Any) -> dict[str, LayerValues]:
        if not isinstance(value, Mapping):
            self.add(PATH, f"must be names with layers, such as {{dense1: {EXAMPLE}}}", value)
            return {}
        given = {str(name): values for name, values in value.items() if values is not None}
        typed = [name for name, values in given.items() if isinstance(values, Mapping) and "type" in values]
        return {name: self.layer(name, values, typed) for name, values in given.items()}

    def layer(self, name: str, values: Any, typed: list[str]) -> LayerValues:
        path = f"{PATH}.{name}"
        if not isinstance(values, Mapping):
            self.add(path, f"must hold a type and its arguments, such as {EXAMPLE}", values)
            return {}
        if name == OUTPUT and "type" not in values and "share" not in values:
            values = {"type": "Linear", **values}
        checked: dict[str, Any] = {}
        for key in [key for key in KEYS if key in values]:
            if key == "regularization":
                checked[key] = self.regularization(f"{path}.{key}", values[key])
            elif key in ("init", "init_bias"):
                checked[key] = self.initializer(f"{path}.{key}", values[key])
            else:
                checked[key] = self.value(f"{path}.{key}", KEYS[key], values[key])
        arguments = {key: value for key, value in values.items() if key not in KEYS}
        if checked.get("share") is not None:
            self.shared(path, checked, arguments)
        elif type_ := self.type(path, name, checked.get("type"), typed):
            checked |= self.arguments(path, type_, arguments)
            if checked["type"] == type_.name and arguments.keys() <= type_.arguments.keys():
                self.required(path, name, type_, arguments)
        return {key: checked[key] for key in values if key in checked}

    def type(self, path: str, name: str, word: Any, typed: list[str]) -> LayerType | None:
        if word is Unresolved or (word is None and name in typed):
            return None
        if word is None:
            close = did_you_mean(name, typed)
            there = f"there is no such layer{close} A new layer needs a type" if close else "needs a type"
            self.add(path, f"{there}, such as {EXAMPLE}")
            return None
        if word in layer_types():
            return layer_types()[word]
        self.add(f"{path}.type", wrong_type(word), word)
        return layer_types().get(nearest_type(word) or "")

    def shared(self, path: str, checked: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
        for key in [*arguments, *(key for key in ("type", *OF_THE_WEIGHTS) if checked.get(key) is not None)]:
            self.add(f"{path}.{key}", f"is set at {PATH}.{checked['share']}, whose weights {path} shares")

    def arguments(self, path: str, type_: LayerType, given: Mapping[str, Any]) -> dict[str, Any]:
        known = type_.arguments
        for argument in [argument for argument in given if argument not in known]:
            self.add(f"{path}.{argument}", wrong_argument(str(argument), type_, KEYS))
        checked = {argument: self.value(f"{path}.{argument}", known[argument], value)
                   for argument, value in given.items() if argument in known}  # fmt: skip
        return {argument: value for argument, value in checked.items() if value != MISSING}

    def required(self, path: str, name: str, type_: LayerType, given: Mapping[str, Any]) -> None:
        for argument, key in type_.arguments.items():
            inferred = argument in INPUT_SIZES or (name == OUTPUT and argument in OUTPUT_SIZES)
            if key.required and not inferred and given.get(argument, MISSING) == MISSING:
                text = f"{path}.{argument}: has to be given; {type_.name} needs it"
                self.faults.append(Fault(text, (f"{path}.{argument}",), missing=True))

    def value(self, path: str, key: Key, value: Any) -> Any:
        if value is Unresolved or value == MISSING:
            return value
        try:
            converted = convert_value(value, key)
        except WrongValueError as wrong:
            self.add(path, str(wrong), value)
            return key.default
        length = key.field.metadata.get("length")
        if isinstance(converted, tuple) and length and len(converted) != length:
            self.add(path, f"must be {'one number' if length == 1 else f'a number or {length} of them'}", value)
        return converted

    def regularization(self, path: str, value: Any) -> dict[str, Any]:
        known = keys_of(Regularization)
        if not isinstance(value, Mapping):
            self.add(path, f"must hold {listed(known, 'or')}, such as {{l2: 1e-4}}", value)
            return {}
        for name in [name for name in value if name not in known]:
            self.add(f"{path}.{name}", f"no such key{did_you_mean(str(name), known) or '.'} There are {listed(known)}")
        return {name: self.value(f"{path}.{name}", key, value[name]) for name, key in known.items() if name in value}

    def initializer(self, path: str, value: Any) -> Any:
        """Return the name of an initializer, or a mapping of name and arguments."""
        if value is None or value is Unresolved:
            return None
        given = value if isinstance(value, Mapping) else {"name": value}
        name = str(given.get("name", "")).removesuffix("_")
        if isinstance(value, list | tuple) or not name:
            self.add(path, "must be a name, such as orthogonal, or {name: orthogonal, gain: 1.4}", value)
            return None
        if name not in initializers():
            self.add(f"{path}.name" if isinstance(value, Mapping) else path, wrong_initializer(name), name)
            return None
        known, arguments = initializers()[name], {"name": name}
        for argument in [argument for argument in given if argument != "name"]:
            if argument in known:
                arguments[argument] = self.value(f"{path}.{argument}", known[argument], given[argument])
            else:
                hint = did_you_mean(str(argument), known)
                self.add(f"{path}.{argument}", f"{name} has no argument {argument}{hint}")
        for argument in [argument for argument, key in known.items() if key.required and argument not in given]:
            self.add(f"{path}.{argument}", f"has to be given; {name} needs it, as in {{name: {name}, {argument}: 0.1}}")
        return arguments if len(arguments) > 1 else name

    def add(self, path: str, text: str, value: Any = None) -> None:
        self.faults.append(key_fault(path, text, value))
