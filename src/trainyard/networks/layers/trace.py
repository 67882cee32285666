"""The shapes of a network of layers, found by passing a few rows through each, and what does not fit."""

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from trainyard.config.layers.check import OF_THE_WEIGHTS
from trainyard.config.layers.types import MOST_DIMENSIONS
from trainyard.config.layers.wiring import PATH, SOURCES, Wired, is_categories
from trainyard.errors import NetworkError
from trainyard.networks.inputs import Inputs
from trainyard.networks.layers.calls import call_of, merged
from trainyard.networks.layers.initialize import initialize
from trainyard.networks.layers.sizes import Shape, SizeError, complete, make, shape_text
from trainyard.networks.layers.sources import categories_of, missing_source, source_shapes

ROWS = 3
MOST_COMPUTED = 2**22  # numbers of a layer and its input: 16 MiB
LITTLE = 8  # a number among a layer's arguments up to which what it gives is not many times what it gets
MOST_GIVEN = 2**31  # numbers that a layer without weights may give for these rows
ROW_DIMENSIONS = ("dim", "start_dim", "dims")  # arguments that must not name the dimension of the rows
OWN = ("Merge", "Permute")
DIMENSION_WORDS = {2: "(features)", 3: "(steps or channels, size)", 4: "(channels, height, width)",
                   5: "(channels, depth, height, width)"}  # fmt: skip


@dataclass(frozen=True)
class Traced:
    """A layer, the arguments of its class with every size, and the shapes of its inputs and its output for a row."""

    layer: Wired
    arguments: Mapping[str, Any]
    input_shapes: tuple[Shape, ...]
    shape: Shape


class _MisfitError(ValueError):
    """What a layer cannot take; the message goes on from its name."""


def trace(wired: Sequence[Wired], embedding_size: int | None, inputs: Inputs, outputs: int) -> list[Traced]:
    """Return the layers with their sizes and shapes, in the order of computing.

    Raises NetworkError with a sentence for each layer that cannot take its inputs and that no other such layer comes
    before.
    """
    tracer = _Tracer(source_shapes(inputs, embedding_size), inputs, outputs)
    with torch.device("meta"), torch.no_grad():
        for layer in wired:
            tracer.add(layer)
    if not tracer.faults:
        tracer.check_output()
    if tracer.faults:
        raise NetworkError(tracer.faults)
    return tracer.traced


class _Tracer:
    def __init__(self, sources: Mapping[str, Shape], inputs: Inputs, outputs: int):
        self.shapes: dict[str, Shape] = dict(sources)
        self.inputs, self.outputs = inputs, outputs
        self.modules: dict[str, nn.Module] = {}  # by the layer that has the weights
        self.arguments: dict[str, dict[str, Any]] = {}
        self.traced: list[Traced] = []
        self.faults: list[str] = []

    def add(self, layer: Wired) -> None:
        """Trace a layer unless one that it takes could not be traced."""
        missing = [name for name in layer.inputs if name in SOURCES or is_categories(name)]
        missing = [name for name in missing if name not in self.shapes]
        for name in missing:
            self.faults.append(f"{_title(layer)} takes {name}, but {missing_source(name, self.inputs)}.")
        if not all(name in self.shapes for name in layer.inputs):
            return
        shapes = tuple(self.shapes[name] for name in layer.inputs)
        try:
            arguments, shape = self._pass(layer, shapes)
        except SizeError as error:
            given = layer.arguments[error.argument]
            self.faults.append(f"{PATH}.{layer.root}.{error.argument}={given}: {error}.")
        except _MisfitError as error:
            self.faults.append(f"{_title(layer)} {error}")
        else:
            self.traced.append(Traced(layer, arguments, shapes, shape))
            self.shapes[layer.name] = shape

    def check_output(self) -> None:
        """Take down where the network's output is not that of the task."""
        last = self.traced[-1]
        if last.shape == (self.outputs,):
            return
        deep = len(last.input_shapes[0]) > 1
        hint = " Put a Flatten before it." if deep and last.layer.type.name == "Linear" else ""
        self.faults.append(
            f"{_title(last.layer)} gives {shape_text(last.shape)} for a row, but the task needs ({self.outputs}).{hint}"
        )

    def _pass(self, layer: Wired, shapes: tuple[Shape, ...]) -> tuple[dict[str, Any], Shape]:
        taken = shapes
        if layer.type.side_by_side[1] == 1 and len(shapes) > 1:
            taken = (self._merged_shape(layer, shapes),)
        self._check_dimensions(layer, taken)
        codes = is_categories(layer.inputs[0])
        categories = categories_of(layer.inputs[0], self.inputs) if codes else 0
        arguments = complete(layer, taken, categories, self.outputs)
        if layer.root in self.modules:
            self._check_shared(layer, categories)
        elif layer.type.name not in OWN:
            self.modules[layer.root], self.arguments[layer.root] = self._make(layer, arguments), arguments
        shared = f"shares {layer.root} and " if layer.root != layer.name else ""
        with _in_torchs_words(f"{shared}cannot take {self._taken(layer)}"):
            shape = self._shape_of(layer, shapes, torch.int64 if codes else torch.float32)
        if 0 in shape:
            raise _MisfitError(f"leaves nothing of {self._taken(layer)}: it would give {shape_text(shape)}.")
        return self.arguments.get(layer.root, arguments), shape

    def _shape_of(self, layer: Wired, shapes: Sequence[Shape], dtype: torch.dtype) -> Shape:
        """Return the shape of a layer's output for a row.

        What is small is computed: the meta device lets arguments pass that no other device takes, and imports torch's
        compiler for some layers, which takes seconds.
        """
        module = self.modules.get(layer.root)
        self._check_growth(layer, shapes, dtype)
        small = ROWS * sum(math.prod(shape) for shape in shapes) <= MOST_COMPUTED
        if small and module is not None:
            small = sum(parameter.numel() for parameter in module.parameters()) <= MOST_COMPUTED
        with warnings.catch_warnings(), torch.device("cpu" if small else "meta"), torch.random.fork_rng(devices=[]):
            warnings.simplefilter("ignore", UserWarning)
            if small and module is not None:
                module = make(layer, self.arguments[layer.root])
            output = call_of(layer)(module, [torch.zeros(ROWS, *shape, dtype=dtype) for shape in shapes])
        return tuple(output.shape[1:])

    def _check_growth(self, layer: Wired, shapes: Sequence[Shape], dtype: torch.dtype) -> None:
        """Refuse a layer without weights that makes much of little, such as an Upsample of size 100000."""
        module = self.modules.get(layer.root)
        if module is None or list(module.parameters()) or _largest(layer.arguments) <= LITTLE:
            return
        output = call_of(layer)(module, [torch.zeros(ROWS, *shape, dtype=dtype) for shape in shapes])
        if output.numel() > MOST_GIVEN:
            raise _MisfitError(f"would give {output.numel() // ROWS:,} numbers for a row.")

    def _make(self, layer: Wired, arguments: dict[str, Any]) -> nn.Module:
        with _in_torchs_words("cannot be made"), warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # torch warns of arguments that have no effect
            module = make(layer, arguments)
        with _in_torchs_words("cannot be initialized so"):
            initialize(module, layer.values)
        given = [key for key in OF_THE_WEIGHTS if layer.values.get(key) is not None]
        if given and not list(module.parameters()):
            raise _MisfitError(f"has no weights; take {given[0]} away.")
        return module

    def _taken(self, layer: Wired) -> str:
        return ", ".join(f"{name} {shape_text(self.shapes[name])}" for name in layer.inputs)

    def _merged_shape(self, layer: Wired, shapes: tuple[Shape, ...]) -> Shape:
        if layer.merge != "concat" and not _combine(shapes):
            raise _MisfitError(f"cannot take the {layer.merge} of {self._taken(layer)}: sizes must be equal, or 1.")
        dim = int(layer.arguments.get("dim", 1)) if layer.type.name == "Merge" else 1
        tensors = [torch.empty(ROWS, *shape) for shape in shapes]
        try:
            return tuple(merged(tensors, layer.merge, dim).shape[1:])
        except (RuntimeError, IndexError):
            raise _MisfitError(
                f"cannot join {self._taken(layer)} along dimension {dim}: all other sizes must be equal."
            ) from None

    def _check_dimensions(self, layer: Wired, shapes: Sequence[Shape]) -> None:
        least, most = layer.type.dimensions
        for shape in shapes:
            if not least <= len(shape) + 1 <= most:
                wanted = [words for count, words in DIMENSION_WORDS.items() if least <= count <= most]
                words = " or ".join(wanted) if most < MOST_DIMENSIONS else "one size or more"
                raise _MisfitError(f"takes {words} for a row, but gets {self._taken(layer)}.")
        of_rows = (0, -len(shapes[0]) - 1)
        for argument in [argument for argument in ROW_DIMENSIONS if argument in layer.arguments]:
            given = layer.arguments[argument]
            if isinstance(given, tuple) and (not given or given[0] not in of_rows):
                raise _MisfitError(f"would mix rows: {argument} must begin with 0, the dimension of the rows.")
            if given in of_rows:
                raise _MisfitError(f"would mix rows: {argument}={given} is the dimension of the rows.")

    def _check_shared(self, layer: Wired, categories: int) -> None:
        module = self.modules[layer.root]
        if categories and getattr(module, "num_embeddings", categories) < categories:
            raise _MisfitError(
                f"shares {layer.root}, which has {module.num_embeddings} categories, but there are {categories}."
            )


def _combine(shapes: Sequence[Shape]) -> bool:
    """Whether shapes are equal but for sizes of 1, which are repeated."""
    lengths = {len(shape) for shape in shapes}
    return len(lengths) == 1 and all(len(set(sizes) - {1}) <= 1 for sizes in zip(*shapes, strict=True))


def _largest(arguments: Mapping[str, Any]) -> float:
    """Return the largest number among the arguments of a layer and in their lists."""
    lists = [given if isinstance(given, list | tuple) else [given] for given in arguments.values()]
    values = [value for given in lists for value in given]
    return max((abs(value) for value in values if isinstance(value, int | float)), default=0.0)


def _title(layer: Wired) -> str:
    return f"{PATH}.{layer.name} ({layer.type.name})"


@contextmanager
def _in_torchs_words(beginning: str) -> Iterator[None]:
    """Raise MisfitError for whatever torch raises meanwhile, with the first line of what it says."""
    try:
        yield
    except Exception as error:  # torch raises errors of all kinds for arguments and shapes
        words = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise _MisfitError(f"{beginning}: {words.rstrip('.')}.") from error
