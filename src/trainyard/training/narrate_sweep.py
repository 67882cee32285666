"""What a person reads at the end of a sweep, and where a run or sweep is to be seen in MLflow. Imports no torch."""

import math
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.config.root import project_root
from trainyard.config.rules.rule import task_of
from trainyard.config.schema.run import Tracking
from trainyard.reports.sweep_summary import ChoiceRow, MemberRow, Told, folds_summary, sweep_summary
from trainyard.tracking.target import resolve

if TYPE_CHECKING:
    from trainyard.training.standings import Choice
    from trainyard.training.sweep import Sweep


def sweep_text(sweep: "Sweep", metrics: Mapping[str, float], mlflow: str) -> str:
    """Return the members of a sweep, the best first; of a cross-validation its choices by their means."""
    members = [
        MemberRow(" ".join(member.overrides), member.result.status, member.result.monitor_value, member.result.metrics)
        for member in sweep.members
    ]
    told = Told(sweep.config.training.monitor, sweep.direction, f"test/{main_metric(sweep)}")
    if sweep.folds is None:
        return sweep_summary(members, told, metrics=metrics, folder=sweep.folder, mlflow=mlflow)
    choices = [choice_row(choice, told.test_metric) for choice in sweep.choices()]
    return folds_summary(
        members, choices, told, folds=sweep.folds, metrics=metrics, folder=sweep.folder, mlflow=mlflow
    )


def choice_row(choice: "Choice", test_metric: str) -> ChoiceRow:
    """Return a choice with mean and deviation over its members."""
    tested = [member.result.metrics.get(test_metric, math.nan) for member in choice.members]
    value, test = ((statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else math.nan)
                   for values in (choice.values, tested))  # fmt: skip
    return ChoiceRow(" ".join(choice.words), len(choice.members), value, test)


def main_metric(sweep: "Sweep") -> str:
    """Return the metric that a sweep is told by: accuracy of classifiers, rmse of regressors."""
    tasks = {member.result.task for member in sweep.members} - {None} or {task_of(sweep.config)}
    return "rmse" if "regression" in tasks else "accuracy"


def mlflow_text(tracking: Tracking, name: str, complete: bool, problem: str | None) -> str:
    """Return how to see a run in MLflow, or how to bring it there."""
    root = project_root()
    target = resolve(tracking, root)
    if target is None:
        return "not tracked (tracking=off)"
    if not complete:
        if problem:
            return f"not all could be written: {problem.rstrip('.')}. Bring the rest with: trainyard sync"
        return "is still being written, which goes on by itself; should it not get there: trainyard sync"
    if target.database == root / "mlflow.db":
        where = "" if Path.cwd() == root else f" in {root}"
        return f"run {name}; see it with: mlflow ui{where}, then open http://127.0.0.1:5000"
    if target.database is not None:
        return f"run {name}; see it with: mlflow ui --backend-store-uri {target.name}"
    return f"run {name} at {target.name}"
