"""From recorded operators to a plain function: constants computed once, gradients written where they are wanted."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.fx import GraphModule, Node

from trainyard.training.nodes import SAME, arguments_of, first_of, is_cast, is_made_by, maker_of, shape_of, target_of

Playback = Callable[..., Tensor]  # of the fields of a minibatch

aten = torch.ops.aten
VIEWS = (aten.t.default, aten.view.default, aten.transpose.int, aten.permute.default, aten.unsqueeze.default,
         aten.expand.default, aten._unsafe_view.default)  # fmt: skip
FILLED = {aten.ones_like.default: 1, aten.zeros_like.default: 0}
# operators that torch's own functions reach by a shorter way
SHORTER: dict[Any, Callable[..., Any]] = {
    aten.addmm.default: torch.addmm, aten.mm.default: torch.mm, aten.bmm.default: torch.bmm, aten.mul.Tensor: torch.mul,
    aten.relu.default: torch.relu, aten.mul.Scalar: torch.mul, aten.add.Tensor: torch.add, aten.sub.Tensor: torch.sub,
    aten.div.Tensor: torch.div, aten.div.Scalar: torch.div, aten.neg.default: torch.neg, aten.sum.default: torch.sum,
    aten.sum.dim_IntList: torch.sum, aten.mean.default: torch.mean, aten._log_softmax.default: torch._log_softmax,
    aten.cat.default: torch.cat, aten.t.default: torch.t, aten.unbind.int: torch.unbind, aten.view.default: Tensor.view,
    aten._log_softmax_backward_data.default: torch._log_softmax_backward_data, aten.embedding.default: torch.embedding,
    aten.index_select.default: torch.index_select, aten.native_batch_norm.default: torch.native_batch_norm,
    aten.native_layer_norm.default: torch.native_layer_norm, aten.convolution.default: torch.convolution,
    aten.empty_like.default: torch.empty_like, aten.bernoulli_.float: Tensor.bernoulli_, aten.div_.Scalar: Tensor.div_,
    aten.clamp_min.default: torch.clamp_min, aten.eq.Scalar: torch.eq,
}  # fmt: skip


def compile_playback(graph: GraphModule, gradients: Sequence[Tensor]) -> Playback:
    """Return the function of the fields of a minibatch that runs a recorded graph and returns its loss.

    The graph's outputs are the loss and the gradients, which are written to `gradients`.
    """
    program = _Program(graph, _written(graph))
    for node in graph.graph.nodes:
        program.take(node)
    return program.finish(gradients)


def _written(graph: GraphModule) -> set[Node]:
    """Return the nodes whose memory an operator of the graph writes to, with those that they are views of."""
    found: set[Node] = set()
    for node in graph.graph.nodes:
        schema = getattr(node.target, "_schema", None)
        if node.op != "call_function" or schema is None or not schema.is_mutable:
            continue
        for argument, value in zip(schema.arguments, node.args, strict=False):
            while isinstance(value, Node) and argument.alias_info is not None and argument.alias_info.is_write:
                found.add(value)
                value = first_of(value) if value.target in (*SAME, *VIEWS) else None
    return found


@dataclass
class _Line:
    """One call: what it is assigned to, what is called, with what, and the names that it reads."""

    name: str
    function: Any
    arguments: list[str]
    reads: set[str]


@dataclass
class _Program:
    graph: GraphModule
    written: set[Node]
    lines: dict[str, _Line] = field(default_factory=dict)
    bound: dict[str, Any] = field(default_factory=dict)
    values: dict[Node, Any] = field(default_factory=dict)  # node -> name of a variable, or what is known already
    inputs: list[str] = field(default_factory=list)
    fresh: set[Node] = field(default_factory=set)  # known values that nothing else sees
    numbers: Any = field(default_factory=itertools.count)

    def take(self, node: Node) -> None:
        """Take in a node: as a line, or as a value that is known before anything runs."""
        if node.op == "placeholder":
            self.inputs.append(node.name)
            self.values[node] = _Name(node.name)
        elif node.op == "get_attr":
            self.values[node] = getattr(self.graph, str(node.target))
        elif node.op == "call_function":
            self._take_call(node)

    def _take_call(self, node: Node) -> None:
        target, first = target_of(node), first_of(node)
        known = [self.values[each] for each in node.all_input_nodes]
        if target in SAME or (target is aten.view.default and shape_of(first) == shape_of(node)):
            self._alias(node, first)
        elif target is aten.t.default and is_made_by(first, aten.t.default):
            self._alias(node, first_of(first))
        elif target in FILLED and node not in self.written:
            made = node.meta["val"]
            self.values[node] = torch.full(made.shape, FILLED[target], dtype=made.dtype, device=made.device)
            self.fresh.add(node)
        elif not any(isinstance(value, _Name) for value in known) and self._is_fixed(node):
            self.values[node] = target(*self._known(node.args), **self._known(node.kwargs))
            if target not in VIEWS or all(each in self.fresh for each in node.all_input_nodes):
                self.fresh.add(node)
        else:
            self._add_line(node)

    def _is_fixed(self, node: Node) -> bool:
        """Whether a call whose inputs are known gives the same each time: views of weights, and pure functions."""
        target = target_of(node)
        if target in VIEWS:
            return True
        schema = getattr(target, "_schema", None)
        if schema is None or schema.is_mutable or node in self.written:
            return False
        pure = torch.Tag.nondeterministic_seeded not in target.tags and "empty" not in schema.name
        return pure and all(each in self.fresh for each in node.all_input_nodes)

    def _alias(self, node: Node, of: Node) -> None:
        self.values[node] = self.values[of]
        if of in self.fresh:
            self.fresh.add(node)

    def _known(self, value: Any) -> Any:
        return torch.fx.node.map_arg(value, lambda node: self.values[node])

    def _add_line(self, node: Node) -> None:
        reads: set[str] = set()
        target = target_of(node)
        function, given, named = SHORTER.get(target, target), list(node.args), dict(node.kwargs)
        if is_cast(node):
            function, given, named = Tensor.to, [first_of(node), named["dtype"]], {}
        arguments = [self._text(value, reads) for value in given]
        arguments += [f"{name}={self._text(value, reads)}" for name, value in named.items()]
        self.values[node] = _Name(node.name)
        self.lines[node.name] = _Line(node.name, self._bind(function), arguments, reads)

    def _text(self, value: Any, reads: set[str]) -> str:
        if isinstance(value, Node):
            value = self.values[value]
        if isinstance(value, _Name):
            reads.add(value)
            return value
        if isinstance(value, list | tuple):
            inner = ", ".join(self._text(each, reads) for each in value)
            return f"[{inner}]"
        if value is None or isinstance(value, bool | int | str):
            return repr(value)
        return self._bind(value)

    def _bind(self, value: Any) -> str:
        name = f"_{next(self.numbers)}"
        self.bound[name] = value
        return name

    def finish(self, gradients: Sequence[Tensor]) -> Playback:
        """Return the function, with the gradients brought to where they are wanted."""
        output = next(node for node in self.graph.graph.nodes if node.op == "output")
        loss, found = arguments_of(output)[0]
        self._drop_unread_views(*(self.values[node] for node in found))
        left: list[tuple[Tensor, Any]] = []
        for node, wanted in zip(found, gradients, strict=True):
            if not self._write_directly(node, wanted):
                left.append((wanted, self._before_cast(node, wanted)))
        if left:
            reads: set[str] = set()
            texts = [self._text([wanted for wanted, _ in left], reads), self._text([node for _, node in left], reads)]
            self.lines["_"] = _Line("_", self._bind(torch._foreach_copy_), texts, reads)
        last: set[str] = set()
        returned = self._text(loss, last)
        return self._compile(returned, last)

    def _drop_unread_views(self, *kept: Any) -> None:
        for node in reversed(self.graph.graph.nodes):
            name = self.values.get(node)
            if node.target in VIEWS and name in self.lines and name not in kept and not self._readers(name):
                del self.lines[name]

    def _write_directly(self, node: Node, wanted: Tensor) -> bool:
        """Have the operator that makes a gradient write it where it is wanted; False where it cannot."""
        value = self.values[node]
        line = self.lines.get(value) if isinstance(value, _Name) else None
        made = maker_of(node)
        if line is None or made is None or self._readers(value) > 0:
            return False
        if made.target is aten.mm.default and shape_of(made) == wanted.shape:
            line.arguments.append(f"out={self._bind(wanted)}")
            return True
        summed = first_of(made) if made.target is aten.view.default else None
        if summed is None or not is_made_by(summed, aten.sum.dim_IntList) or self._readers(self.values[summed]) != 1:
            return False
        source, dims = arguments_of(summed)[:2]
        kept = [size for place, size in enumerate(shape_of(source)) if place not in dims]
        if kept != list(wanted.shape):
            return False
        del self.lines[value]
        line = self.lines[self.values[summed]]
        line.arguments = [line.arguments[0], repr(list(dims)), "False", f"out={self._bind(wanted)}"]
        return True

    def _before_cast(self, node: Node, wanted: Tensor) -> Node:
        """Return what a gradient was before it was cast, where nothing else reads it, for the copy casts it as well."""
        made = maker_of(node)
        if made is None or made.target is not aten._to_copy.default or shape_of(made) != wanted.shape:
            return node
        name = self.values[made]
        if name not in self.lines or self._readers(name) or made.meta["val"].dtype != wanted.dtype:
            return node
        del self.lines[name]
        before: Node = first_of(made)
        return before

    def _readers(self, name: str) -> int:
        return sum(name in line.reads for line in self.lines.values())

    def _compile(self, returned: str, kept: Iterable[str]) -> Playback:
        """Return the lines as a function; memory is let go of after its last reader."""
        alive = set(kept) | set(self.inputs)
        ends: dict[str, list[str]] = {}
        for line in reversed(self.lines.values()):
            ends[line.name] = sorted((line.reads | {line.name}) - alive)
            alive |= line.reads | {line.name}
        body = []
        for line in self.lines.values():
            body.append(f"    {line.name} = {line.function}({', '.join(line.arguments)})")
            if ends[line.name]:
                body.append(f"    del {', '.join(ends[line.name])}")
        source = "\n".join([f"def play({', '.join(self.inputs)}):", *body, f"    return {returned}"])
        scope = dict(self.bound)
        exec(source, scope)  # noqa: S102  # the lines are made above, of operators that torch recorded
        playback: Playback = scope["play"]
        return playback


class _Name(str):
    """The name of a variable, in the place of a value that is not known yet."""

    __slots__ = ()
