"""A program as one ONNX graph: texts are looked up in front of it, and labels behind it."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from trainyard.data.encoders import CategoryEncoder
from trainyard.data.values import FALSE, TRUE
from trainyard.errors import TrainyardError
from trainyard.export.program import Program, missing_code, quiet, told, trace
from trainyard.export.raw_inputs import RawInput
from trainyard.inference import Model

if TYPE_CHECKING:
    import onnx

OPSET, ML_OPSET = 20, 3
INSIDE = "inside/"  # before the names of what torch made, which no column has
NEEDED = "format=onnx needs packages that are not all there: pip install onnx onnxruntime onnxscript"


def require_onnx() -> None:
    """Raise TrainyardError where a package that the format needs is not installed."""
    from importlib.util import find_spec

    if any(find_spec(name) is None for name in ("onnx", "onnxruntime", "onnxscript")):
        raise TrainyardError(NEEDED)


def onnx_model(model: Model, inputs: Sequence[RawInput]) -> "onnx.ModelProto":
    """Return the graph of a packaged model. Raises NetworkError where ONNX has no operation for its network."""
    import onnx
    import torch

    program = Program(model, inputs)
    traced = trace(program)
    with quiet(), told("written as ONNX"):
        exported = torch.onnx.export(
            traced, dynamo=True, verbose=False, opset_version=OPSET, optimize=True,
            input_names=[f"input_{place}" for place in range(len(inputs))],
            output_names=[f"output_{place}" for place in range(len(program.names))],
        )  # fmt: skip
    assert exported is not None
    proto = onnx.compose.add_prefix(exported.model_proto, INSIDE)
    _take_raw_inputs(proto.graph, inputs)
    _name_outputs(proto.graph, program.names, model)
    proto.opset_import.append(onnx.helper.make_opsetid("ai.onnx.ml", ML_OPSET))
    proto.producer_name, proto.doc_string = "trainyard", repr(model).strip("<>")
    with told("written as ONNX"):
        onnx.checker.check_model(proto)
    return proto


def _take_raw_inputs(graph: "onnx.GraphProto", inputs: Sequence[RawInput]) -> None:
    """Put raw columns in the place of what the program takes."""
    from onnx import TensorProto, helper

    types = {"string": TensorProto.STRING, "float64": TensorProto.DOUBLE, "float32": TensorProto.FLOAT,
             "int64": TensorProto.INT64}  # fmt: skip
    wanted = {value.name for value in graph.input}
    front = []
    for place, each in enumerate(inputs):
        inner = f"{INSIDE}input_{place}"
        if inner not in wanted:
            continue
        if each.form == "text":
            front += list(_lookup(each, inner))
        else:
            front.append(helper.make_node("Identity", [each.name], [inner]))
    raw = [helper.make_tensor_value_info(each.name, types[each.type], ["rows", *each.shape]) for each in inputs]
    nodes = [*front, *graph.node]
    del graph.input[:], graph.node[:]
    graph.input.extend(raw)
    graph.node.extend(nodes)


def _lookup(each: RawInput, inner: str) -> Iterator["onnx.NodeProto"]:
    """Yield the nodes that make codes, or flags, of a column of texts."""
    from onnx import helper

    if isinstance(each.encoder, CategoryEncoder):
        codes = {text: code for code, text in enumerate(each.encoder.categories, start=1)}
        codes = {"": missing_code(each.encoder), **codes}
        yield helper.make_node(
            "LabelEncoder", [each.name], [inner], domain="ai.onnx.ml", keys_strings=list(codes),
            values_int64s=list(codes.values()), default_int64=0,
        )  # fmt: skip
        return
    flags = {text: flag for words, flag in ((TRUE, 1.0), (FALSE, 0.0)) for word in words for text in spellings(word)}
    single = f"{inner}/single"
    yield helper.make_node(
        "LabelEncoder", [each.name], [single], domain="ai.onnx.ml", keys_strings=list(flags),
        values_floats=list(flags.values()), default_float=float("nan"),
    )  # fmt: skip
    yield helper.make_node("Cast", [single], [inner], to=11)  # double


def spellings(word: str) -> Iterator[str]:
    """Yield a word in all ways of small and large letters."""
    for letters in product(*({letter.lower(), letter.upper()} for letter in word)):
        yield "".join(letters)


def _name_outputs(graph: "onnx.GraphProto", names: Sequence[str], model: Model) -> None:
    """Give outputs their names, and labels in the place of the numbers of classes."""
    from onnx import TensorProto, helper, numpy_helper

    made = [value.name for value in graph.output]
    del graph.output[:]
    for name, inner in zip(names, made, strict=True):
        kind: int = TensorProto.DOUBLE
        shape: list[Any] = ["rows"]
        if model.classes is not None and name == names[0]:
            labels = label_array(model)
            kind = helper.np_dtype_to_tensor_dtype(labels.dtype)
            constant = f"{INSIDE}labels"
            graph.initializer.append(numpy_helper.from_array(labels, constant))
            graph.node.append(helper.make_node("Gather", [constant, inner], [name], axis=0))
        else:
            shape += [] if model.classes is None else [len(model.classes)]
            graph.node.append(helper.make_node("Identity", [inner], [name]))
        graph.output.append(helper.make_tensor_value_info(name, kind, shape))


def label_array(model: Model) -> np.ndarray:
    """Return the classes (C,) as ONNX holds them: whole numbers, numbers, flags, or texts as objects."""
    labels = model.labels()
    if labels.dtype.kind in "US" or labels.dtype == object:
        return np.array([str(label) for label in labels], dtype=object)
    return labels.astype({"i": np.int64, "f": np.float64, "b": np.bool_}[labels.dtype.kind])
