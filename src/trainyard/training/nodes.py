"""What the nodes of a recorded graph hold, in types that torch leaves open."""

from typing import Any

import torch
from torch.fx import Node

aten = torch.ops.aten
SAME = (aten.detach.default, aten.alias.default)  # that only give a tensor another name


def target_of(node: Node) -> Any:
    """Return the operator that a node calls."""
    return node.target


def arguments_of(node: Node) -> tuple[Any, ...]:
    """Return what a node calls it with, by position."""
    return node.args


def first_of(node: Node) -> Any:
    """Return the first of the arguments, None where there is none."""
    return node.args[0] if node.args else None


def shape_of(node: Node) -> torch.Size:
    """Return the shape of the tensor that a node gives."""
    shape: torch.Size = node.meta["val"].shape
    return shape


def is_made_by(value: Any, target: Any) -> bool:
    """Whether an argument is the result of an operator."""
    return isinstance(value, Node) and value.target is target


def is_cast(node: Node) -> bool:
    """Whether a node copies a tensor into another dtype and changes nothing else."""
    if node.target is not aten._to_copy.default:
        return False
    before, after, named = first_of(node).meta["val"], node.meta["val"], set(node.kwargs)
    same = before.device == after.device and before.layout == after.layout
    return bool(before.dtype != after.dtype and same and named <= {"dtype", "layout", "device"})


def maker_of(node: Node) -> Node | None:
    """Return the node that makes the memory of a gradient, past what only gives it another name."""
    while node.target in SAME or (node.target is aten.t.default and is_made_by(first_of(node), aten.t.default)):
        node = first_of(node) if node.target in SAME else first_of(first_of(node))
    return node if node.op == "call_function" else None
