"""The formats of an export: each writes its files into a folder, and predicts from raw rows by what it wrote."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.errors import DataError
from trainyard.export.onnx_graph import onnx_model, require_onnx
from trainyard.export.outputs import free_names, head
from trainyard.export.program import Program, quiet, told, trace
from trainyard.export.raw_inputs import RawInput, raw_inputs
from trainyard.export.truth import Rows, plain_predictions
from trainyard.inference import Model, load
from trainyard.inference.package import CARD, WEIGHTS

Predict = Callable[[Rows], dict[str, np.ndarray]]


@dataclass(frozen=True)
class Written:
    """What a format wrote: the file to load, how it predicts, what it takes and gives as JSON values, and its use.

    `predict` gives the predictions for raw rows by the names of `truth.plain_predictions`.
    """

    file: str
    predict: Predict
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    use: list[str]


def write_onnx(model: Model, source: Path, folder: Path, trust: Sequence[str]) -> Written:
    """Write `model.onnx`. Raises DataError, NetworkError or TrainyardError for what cannot be."""
    del source, trust
    require_onnx()
    _check_precision(model, "onnx")
    inputs = raw_inputs(model, texts=True, form="onnx")
    import onnxruntime

    proto = onnx_model(model, inputs)
    with told("written as ONNX"):
        (folder / "model.onnx").write_bytes(proto.SerializeToString())
    with told("run by ONNX Runtime"):
        session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])

    def predict(rows: Rows) -> dict[str, np.ndarray]:
        given = [value.name for value in session.get_inputs()]
        values = feed(model, inputs, rows)
        with told("run by ONNX Runtime"):
            found = session.run(None, {name: values[name] for name in given})
        return dict(zip(head(model).names, found, strict=True))

    return Written("model.onnx", predict, [each.describe() for each in inputs], _outputs(model, inputs, labels=True), [
        'session = onnxruntime.InferenceSession("model.onnx")',
        "outputs = session.run(None, rows)  # rows: a dict with a NumPy array per input; texts as dtype object",
    ])  # fmt: skip


def write_torch(model: Model, source: Path, folder: Path, trust: Sequence[str]) -> Written:
    """Write `model.pt2`, a program of torch.export. Raises DataError or NetworkError for what cannot be."""
    del source, trust
    _check_precision(model, "torch")
    inputs = raw_inputs(model, texts=False, form="torch")
    import torch

    traced = trace(Program(model, inputs))
    with quiet(), told("saved by torch.export"):
        torch.export.save(traced, folder / "model.pt2")
        program = torch.export.load(folder / "model.pt2").module()
    names = head(model).names

    def predict(rows: Rows) -> dict[str, np.ndarray]:
        tensors = {name: torch.from_numpy(np.array(values)) for name, values in feed(model, inputs, rows).items()}
        with torch.no_grad(), told("run as a program of torch.export"):
            found = program(tensors)
        given = {name: found[free].numpy() for name, free in zip(names, _free(model, inputs), strict=True)}
        if model.classes is not None:
            given["prediction"] = model.labels()[given["prediction"]]
        return given

    return Written("model.pt2", predict, [each.describe() for each in inputs], _outputs(model, inputs, labels=False), [
        'program = torch.export.load("model.pt2").module()',
        "outputs = program(rows)  # rows: a dict with a tensor per input",
    ])  # fmt: skip


def write_package(model: Model, source: Path, folder: Path, trust: Sequence[str]) -> Written:
    """Copy the packaged model in the folder `source`, as it stands."""
    for name in (CARD, WEIGHTS):
        shutil.copyfile(source / name, folder / name)
    copy = load(folder, trust=trust)
    signature = model.card["signature"]
    return Written(
        CARD, lambda rows: plain_predictions(copy, rows), signature["inputs"], signature["outputs"],
        ['model = trainyard.load("<this folder>")', "outputs = model.predict_columns(rows)  # rows: a raw table"],
    )  # fmt: skip


FORMATS: Mapping[str, Callable[[Model, Path, Path, Sequence[str]], Written]] = {
    "onnx": write_onnx, "torch": write_torch, "package": write_package,
}  # fmt: skip


def feed(model: Model, inputs: Sequence[RawInput], rows: Rows) -> dict[str, np.ndarray]:
    """Return raw rows as the inputs of an exported model."""
    if inputs[0].form == "image":
        images: np.ndarray = model.encoder.images_of(rows)  # type: ignore[union-attr]  # of images, as the form says
        return {"image": images.astype(inputs[0].type)}
    return {each.name: each.values(rows[each.name]) for each in inputs}


def _check_precision(model: Model, form: str) -> None:
    precision = model.card["precision"]
    if precision.startswith("bf16"):
        raise DataError(f"The model computes in 16 bits (accelerator.precision={precision}), which format={form} "
                        "rounds otherwise; format=package keeps it.")  # fmt: skip


def _free(model: Model, inputs: Sequence[RawInput]) -> tuple[str, ...]:
    return free_names(head(model).names, [each.name for each in inputs])


def _outputs(model: Model, inputs: Sequence[RawInput], *, labels: bool) -> list[dict[str, Any]]:
    names = _free(model, inputs)
    if model.classes is None:
        return [{"name": name, "type": "float64", "shape": ["rows"]} for name in names]
    kind = model.card["signature"]["outputs"][0]["type"] if labels else "int64, the place in classes"
    return [{"name": names[0], "type": kind, "shape": ["rows"]},
            {"name": names[1], "type": "float64", "shape": ["rows", len(model.classes)]}]  # fmt: skip
