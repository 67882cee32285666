"""How layers hang together: which takes what, in which order they compute, and what is wrong with that."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trainyard.config.faults import Fault, key_fault
from trainyard.config.layers.types import LayerType, layer_types
from trainyard.config.nearest import did_you_mean, listed
from trainyard.config.schema.layers import LayerValues

PATH = "network.layers"
OUTPUT = "output"
SOURCES = ("row", "numbers", "categories", "image")
OTHER_SOURCES = {"codes": "categories", "input": "row", "inputs": "row", "x": "row", "pixels": "image", "img": "image"}
NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


@dataclass(frozen=True)
class Wired:
    """A layer with its type and its inputs settled; `values` are those of the layer that it shares weights with."""

    name: str
    root: str  # the layer whose weights it uses, its own name where it shares none
    type: LayerType
    inputs: tuple[str, ...]
    merge: str
    values: LayerValues

    @property
    def arguments(self) -> dict[str, Any]:
        """What is given of its type's arguments."""
        return {name: value for name, value in self.values.items() if name in self.type.arguments}


def wire(layers: Mapping[str, LayerValues]) -> tuple[list[Wired], list[Fault]]:
    """Return the layers in the order in which they compute, `output` last, and the faults in how they hang together.

    The layers are those of a config whose keys have been checked. Where there are faults, the list is of no use.
    """
    wiring = _Wiring(layers if OUTPUT in layers else {**layers, OUTPUT: {"type": "Linear"}})
    return wiring.wired(), wiring.faults


def wired_values(layers: Mapping[str, LayerValues]) -> dict[str, dict[str, Any]]:
    """Return the layers with the inputs of each written out, so that their order no longer matters."""
    wired, _ = wire(layers)
    kept: dict[str, dict[str, Any]] = {layer.name: dict(layers.get(layer.name, layer.values)) for layer in wired}
    for layer in wired:
        kept[layer.name].pop("after", None)
        kept[layer.name]["inputs"] = layer.inputs
    return kept


def is_categories(name: str) -> bool:
    """Whether a source gives categories rather than numbers."""
    return name == "categories" or name.startswith("categories.")


class _Wiring:
    def __init__(self, layers: Mapping[str, LayerValues]):
        self.layers = layers
        self.faults: list[Fault] = []
        self.names = self._placed()
        self.inputs = {name: self._inputs_of(place, name) for place, name in enumerate(self.names)}

    def wired(self) -> list[Wired]:
        """Return the layers in the order of computing."""
        for name in self.names:
            self._check_name(name)
            self._check_share(name)
            if name not in SOURCES:
                self._check_inputs(name)
        self._check_use()
        order = self._order()
        return [] if self.faults else [self._wired(name) for name in order]

    def _wired(self, name: str) -> Wired:
        root = self.layers[name].get("share") or name
        merge = self.layers[name].get("merge", "concat")
        return Wired(name, root, self._type(name), self.inputs[name], merge, self.layers[root])

    def _type(self, name: str) -> LayerType:
        root = self.layers.get(self.layers[name].get("share") or name, {})
        return layer_types()[root.get("type", "Merge")]

    def _placed(self) -> list[str]:
        """Return the names in their places: each with `after` right behind that layer, output last."""
        names = [name for name in self.layers if name != OUTPUT and not self.layers[name].get("after")]
        waiting = [name for name in self.layers if self.layers[name].get("after")]
        if OUTPUT in waiting:
            self._add(OUTPUT, "after", "the output comes last, whatever its place; name what it takes in its inputs")
            waiting.remove(OUTPUT)
        behind: dict[str, int] = {}
        while ready := [name for name in waiting if self.layers[name]["after"] in names]:
            name = ready[0]
            leader = self.layers[name]["after"]
            behind[leader] = behind.get(leader, 0) + 1
            names.insert(names.index(leader) + behind[leader], name)
            waiting.remove(name)
        lost = [name for name in waiting if self.layers[name]["after"] not in waiting]
        for name in lost or waiting[:1]:
            known = [other for other in self.layers if other not in (name, OUTPUT)]
            leader = self.layers[name]["after"]
            if leader in waiting:
                text = "goes round in a circle"
            else:
                text = f"there is no layer {leader}{did_you_mean(leader, known)}"
            self._add(name, "after", text, leader)
        return [*names, *waiting, OUTPUT]

    def _inputs_of(self, place: int, name: str) -> tuple[str, ...]:
        inputs: tuple[str, ...] = self.layers[name].get("inputs") or ()
        if inputs:
            return inputs
        if place > 0:
            return (self.names[place - 1],)
        type_ = self._type(name)
        return ("categories",) if type_.takes_codes else ("image",) if type_.takes_images else ("row",)

    def _check_name(self, name: str) -> None:
        if name in SOURCES:
            self._add(name, "", f"{name} is what the data give; choose another name")
        elif not NAME.fullmatch(name):
            self._add(name, "", "a layer's name has letters, digits, - and _ only, and begins with a letter")

    def _check_share(self, name: str) -> None:
        root = self.layers[name].get("share")
        if root is None:
            return
        known = [other for other in self.layers if other != name]
        if root not in known:
            text = "cannot share its own weights" if root == name else f"there is no layer {root}"
            self._add(name, "share", f"{text}{did_you_mean(root, known)}", root)
        elif self.layers[root].get("share") is not None:
            self._add(name, "share", f"{root} shares weights itself; write {self.layers[root]['share']}", root)

    def _check_inputs(self, name: str) -> None:
        inputs, type_ = self.inputs[name], self._type(name)
        known = [other for other in self.names if other not in (name, OUTPUT)]
        for source in inputs:
            if source == name:
                self._add(name, "inputs", "cannot take its own output", inputs)
            elif source == OUTPUT:
                self._add(name, "inputs", "nothing comes behind the output", inputs)
            elif source not in known and source not in SOURCES and not is_categories(source):
                hint = did_you_mean(OTHER_SOURCES.get(source, source), [*known, *SOURCES])
                self._add(name, "inputs", f"there is no layer {source}{hint}", inputs)
            elif is_categories(source) != type_.takes_codes:
                self._add(name, "inputs", _of_wrong_kind(source, type_), inputs)
        least, most = type_.side_by_side
        if most > 1 and not least <= len(inputs) <= most:
            several = str(most) if least == most else f"{least} to {most}"
            self._add(name, "inputs", f"{type_.name} takes {several} inputs, such as [a,b]", inputs)
        if most > 1 and "merge" in self.layers[name]:
            self._add(name, "merge", f"{type_.name} takes its inputs side by side; a Merge before it could join some")
        if type_.takes_codes and len(inputs) > 1:
            self._add(name, "inputs", f"{type_.name} takes one of categories and categories.<column>", inputs)

    def _check_use(self) -> None:
        used = {source for inputs in self.inputs.values() for source in inputs}
        unused = [name for name in self.names if name not in used and name != OUTPUT]
        for name in [] if self.faults else unused:
            own = listed(self.inputs[OUTPUT])
            text = f"nothing takes its output; name it in the inputs of another layer ({OUTPUT} takes {own})"
            self._add(name, "", text)

    def _order(self) -> list[str]:
        """Return the names so that each comes behind its inputs, else in their places; report a circle."""
        order: list[str] = []
        waiting = list(self.names)
        while waiting:
            ready = next((name for name in waiting if not set(self.inputs[name]) & set(waiting)), None)
            if ready is None:
                if not self.faults:
                    circle = self._circle(waiting)
                    pairs = zip(circle, [*circle[1:], circle[0]], strict=True)
                    text = f"go round in a circle: {listed([f'{name} takes {source}' for name, source in pairs])}"
                    self.faults.append(Fault(f"{PATH}: {text}", tuple(f"{PATH}.{name}.inputs" for name in circle)))
                break
            order.append(ready)
            waiting.remove(ready)
        return order

    def _circle(self, waiting: Iterable[str]) -> list[str]:
        """Return layers of which each takes the next and the last the first; each of `waiting` takes one of them."""
        left = set(waiting)
        path = [next(name for name in self.names if name in left)]
        while (source := next(source for source in self.inputs[path[-1]] if source in left)) not in path:
            path.append(source)
        return path[path.index(source) :]

    def _add(self, name: str, key: str, text: str, value: Any = None) -> None:
        self.faults.append(key_fault(f"{PATH}.{name}.{key}".removesuffix("."), text, value))


def _of_wrong_kind(source: str, type_: LayerType) -> str:
    if type_.takes_codes:
        return f"{type_.name} takes categories or categories.<column>, no numbers"
    return f"{source} has codes, which only Embedding and EmbeddingBag take; row has them embedded"
