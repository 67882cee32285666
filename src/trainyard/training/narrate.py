"""What a person reads at the start and the end of a run and of a sweep."""

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.config.metric_names import metric_directions, monitor_direction
from trainyard.config.root import project_root
from trainyard.config.rules.rule import task_of
from trainyard.config.schema import Regressor, Tracking
from trainyard.networks.table import Layer, layer_notes, percent
from trainyard.reports.outcome import outcome_lines
from trainyard.reports.summary import LayerRow, end_summary, start_summary, sweep_summary
from trainyard.reports.text import plural
from trainyard.tracking.target import resolve
from trainyard.training.accelerator import cores
from trainyard.training.baseline import baseline_name
from trainyard.training.fit import Fitted
from trainyard.training.member import Member
from trainyard.training.plan import Plan
from trainyard.training.result import RunResult
from trainyard.training.stage import stage

if TYPE_CHECKING:
    from trainyard.training.sweep import Sweep

REASONS = {
    "max_epochs": "all epochs done",
    "max_steps": "training.max_steps reached",
    "max_time": "training.max_time is over",
    "early_stopping": "no improvement for training.patience validations",
    "interrupted": "stopped by Ctrl-C",
    "terminated": "stopped by SIGTERM",
    "requeued": "stopped for Slurm, which queues the job again",
    "callback": "stopped by a callback",
    "diverged": "the loss was no longer a number",
}


def start_text(plan: Plan, name: str, folder: Path, uncommitted: Sequence[tuple[str, str]] = ()) -> str:
    """Return what is going to be trained on what; `uncommitted` tells of data, with the command that keeps them."""
    prepared, layers = plan.prepared, plan.layers
    return start_summary(
        name=name, dataset=prepared.dataset_name, origin=prepared.origin, digest=prepared.digest,
        summary=prepared.summary, targets=prepared.targets, classes=prepared.classes,
        layers=[layer_row(layer) for layer in layers], parameters=plan.parameters, device=plan.device.description,
        precision=plan.device.precision, training=training_line(plan), folder=folder,
        layer_notes=layer_notes(layers, plan.inputs), uncommitted=uncommitted, remarks=thread_remarks(plan),
    )  # fmt: skip


def layer_row(layer: Layer) -> LayerRow:
    """Return a layer as a line of the table that a person reads."""
    shape = " x ".join(str(size) for size in layer.shape)
    capacity, coverage = percent(layer.capacity), percent(layer.coverage)
    return LayerRow(layer.name, layer.kind, shape, layer.parameters, ", ".join(layer.inputs), capacity, coverage)


def thread_remarks(plan: Plan) -> list[str]:
    """Return a sentence where there are more threads than cores to run them."""
    threads, there = plan.device.threads * plan.device.processes, cores()
    if threads <= there:
        return []
    return [f"{threads:,} threads share {plural(there, 'core')}, which is slow; accelerator.threads=auto takes as many "
            "as help"]  # fmt: skip


def training_line(plan: Plan) -> str:
    """Return batch size, steps, optimizer and schedule in one line."""
    config = plan.config
    training = config.training
    steps = f"{plural(plan.steps_per_epoch, 'step')} an epoch"
    limits = [
        plural(training.max_epochs, "epoch") if training.max_epochs else "",
        plural(training.max_steps, "step") if training.max_steps else "",
        str(training.max_time) if training.max_time else "",
    ]
    longest = " or ".join(limit for limit in limits if limit)
    return (
        f"batches of {training.batch_size}, {steps}, at most {longest}; {config.optimizer.name} with "
        f"lr {config.optimizer.lr:g}, {config.schedule.name} schedule"
    )


def end_text(plan: Plan, fitted: Fitted, result: RunResult, *, command: str, mlflow: str) -> str:
    """Return how the run ended: metrics beside the baseline, why it stopped, where it lies, what to do next."""
    member, model, per_class = fitted.member, plan.config.model, result.folder / "per_class.json"
    classes = json.loads(per_class.read_text(encoding="utf-8")) if per_class.exists() else []
    quantiles = model.quantiles if isinstance(model, Regressor) and model.loss == "quantile" else ()
    return end_summary(
        metrics=result.metrics, baseline_name=baseline_name(fitted.model),
        directions=metric_directions(model), trained=trained_text(plan, member), best_epoch=member.best_epoch,
        reason=REASONS[fitted.reason], seconds=fitted.seconds, folder=result.folder, mlflow=mlflow,
        next_command=next_command(command, result), error=result.error,
        outcome=outcome_lines(result.metrics, classes, quantiles),
    )  # fmt: skip


def trained_text(plan: Plan, member: Member) -> str:
    """Return how much was trained: 3 epochs, or 102 of 2,188 steps of the first epoch."""
    epochs, more = divmod(member.step, plan.steps_per_epoch)
    of_epoch = f"{more:,} of {plural(plan.steps_per_epoch, 'step')}"
    if not more:
        return plural(epochs, "epoch")
    return f"{plural(epochs, 'epoch')} and {of_epoch}" if epochs else f"{of_epoch} of the first epoch"


def member_text(plan: Plan, fitted: Fitted, result: RunResult) -> str:
    """Return how a member of a sweep ended, in a line."""
    first = next(name for name in metric_directions(plan.config.model) if name != "loss")
    test, baseline = (result.metrics.get(f"{part}/{first}") for part in ("test", "baseline"))
    measured = "not tested" if test is None else f"test {first} {test:.4g} (baseline {baseline:.4g})"
    return f"  {measured}, best epoch {fitted.member.best_epoch} of {fitted.member.epoch}, {REASONS[fitted.reason]}"


def next_command(command: str, result: RunResult) -> str:
    """Return the command that is most useful after this run: its spread over seeds, to go on with it, its pictures.

    After a stage of a pipeline it is what the stage has changed in the metrics, or to go on with the pipeline.
    """
    words = shlex.split(command)
    program = [word for word in words if "=" not in word]
    if (of_pipeline := stage()) is not None and result.status in ("FINISHED", "KILLED"):
        return "dvc metrics diff" if result.status == "FINISHED" else f"dvc repro {of_pipeline}"
    if result.status == "FINISHED" and any(word.startswith("resume=") for word in words):
        return f"{shlex.join([*program, f'config={result.folder}/config.yaml'])} -m seed=1,2,3"
    if result.status == "FINISHED":
        kept = [word for word in words if not word.startswith(("seed=", "output="))]
        return f"{shlex.join(kept)} -m seed=1,2,3"
    number = result.folder.name.rsplit("-", 1)[-1]
    if result.status == "KILLED":
        output = [word for word in words if word.startswith("output=")]
        return shlex.join([*program, f"resume={number}", *output])
    return f"trainyard report run={number}"


def sweep_text(sweep: "Sweep", metrics: Mapping[str, float], mlflow: str) -> str:
    """Return the members of a sweep, the best first."""
    training = sweep.config.training
    return sweep_summary(
        members=[
            (" ".join(member.overrides), member.result.status, member.result.monitor_value, member.result.metrics)
            for member in sweep.members
        ],
        monitor=training.monitor, direction=monitor_direction(sweep.config),
        test_metric=f"test/{main_metric(sweep)}", spread=metrics, folder=sweep.folder, mlflow=mlflow,
    )  # fmt: skip


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
