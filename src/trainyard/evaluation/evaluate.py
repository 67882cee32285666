"""What a model is worth on rows: its metrics, its predictions, and both for each group of the rows."""

from dataclasses import dataclass

import numpy as np
import torch

from trainyard.evaluation.groups import group_rows
from trainyard.evaluation.rows import Evaluated
from trainyard.evaluation.subject import Subject
from trainyard.models import Regressor
from trainyard.training.evaluation import Outputs, outputs
from trainyard.training.tested import FinalOutputs, prediction_arrays, tested_metrics


@dataclass(frozen=True)
class Evaluation:
    """What came out.

    - metrics: by name, as a training has them under test/
    - numbers: (N,) int64, which rows of the source were evaluated, counted from 0
    - arrays: what was predicted and what is true, see training.tested.prediction_arrays
    - columns: as a table: actual, predicted and probability_<class>, or both per target
    - groups: metrics by the value of a column, with `rows`, their number; empty where none was asked for
    """

    metrics: dict[str, float]
    numbers: np.ndarray
    arrays: dict[str, np.ndarray]
    columns: dict[str, np.ndarray]
    groups: dict[str, dict[str, float]]


def evaluate(subject: Subject, evaluated: Evaluated, by: str | None = None) -> Evaluation:
    """Return what the model makes of rows, with groups by a raw column where that is asked.

    The metrics of the rows that tested a model are those of its training to the bit, on the same device. Raises
    DataError where there is no such column.
    """
    raw = outputs(subject.model, evaluated.rows, subject.batch_size, subject.device)
    groups = {} if by is None else group_rows(evaluated.table(), by)
    found = FinalOutputs(raw, subject.temperature)
    return Evaluation(
        metrics=measured(subject, raw), numbers=np.asarray(evaluated.numbers),
        arrays=prediction_arrays(subject.model, found.outputs), columns=compared(subject, raw),
        groups={name: {"rows": float(len(rows)), **measured(subject, _some(raw, rows))}
                for name, rows in groups.items()},
    )  # fmt: skip


def measured(subject: Subject, raw: Outputs) -> dict[str, float]:
    """Return the metrics of raw outputs by name, without the part of the data that training has before it."""
    metrics = tested_metrics(subject.model, FinalOutputs(raw, subject.temperature))
    return {name.removeprefix("test/"): value for name, value in metrics.items()}


def compared(subject: Subject, raw: Outputs) -> dict[str, np.ndarray]:
    """Return columns (N,) of what is true beside what was predicted."""
    packaged, model = subject.packaged, subject.model
    predicted = packaged.named(raw.output.double().cpu().numpy())
    if not isinstance(model, Regressor):
        return {"actual": packaged.labels()[raw.y.cpu().numpy()], "predicted": predicted.pop("prediction"), **predicted}
    truth = model.units.original(raw.y).cpu().numpy().astype(packaged.encoder.dtype)  # as exact as targets are kept
    single = len(packaged.targets) == 1
    columns: dict[str, np.ndarray] = {}
    for place, target in enumerate(packaged.targets):
        suffix = "" if single else f"_{target}"
        columns |= {f"actual{suffix}": truth[:, place], f"predicted{suffix}": predicted.pop(target)}
    return columns | predicted


def _some(raw: Outputs, rows: np.ndarray) -> Outputs:
    index = torch.from_numpy(rows).to(raw.y.device)
    weight = None if raw.weight is None else raw.weight[index]
    return Outputs(raw.output[index], raw.y[index], weight)
