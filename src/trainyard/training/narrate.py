"""What a person reads at the start and the end of a run."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path

from trainyard.config.metric_names import metric_directions
from trainyard.config.schema.model import Regressor
from trainyard.networks.table import Layer, layer_notes, percent
from trainyard.reports.outcome import REASONS, outcome_lines
from trainyard.reports.run_files import REPRODUCES
from trainyard.reports.summary import LayerRow, end_summary, start_summary
from trainyard.reports.text import labelled, number, plural
from trainyard.training.baseline import baseline_name
from trainyard.training.cores import cores
from trainyard.training.fit import Fitted
from trainyard.training.member import Member
from trainyard.training.plan import Plan
from trainyard.training.result import RunResult
from trainyard.training.stage import stage

BY_HEART = 0.99  # r2 from which targets count as learned

def start_text(plan: Plan, name: str, folder: Path, uncommitted: Sequence[tuple[str, str]] = ()) -> str:
    """Return what is going to be trained on what; `uncommitted` tells of data, with the command that keeps them."""
    prepared, layers = plan.prepared, plan.layers
    return start_summary(
        name=name, dataset=prepared.dataset_name, origin=prepared.origin, digest=prepared.digest,
        summary=prepared.summary, targets=prepared.targets, classes=prepared.classes,
        layers=[layer_row(layer) for layer in layers], parameters=plan.parameters, device=plan.device.description,
        precision=plan.device.precision, training=training_line(plan), folder=folder,
        layer_notes=layer_notes(layers, plan.inputs), uncommitted=uncommitted,
        remarks=[*plan.device.passes.notes(), *thread_remarks(plan)],
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
        next_command=next_command(command, result, plan.config.tags.get(REPRODUCES)), error=result.error,
        outcome=[*by_heart_lines(plan, result), *outcome_lines(result.metrics, classes, quantiles)],
    )  # fmt: skip


def by_heart_lines(plan: Plan, result: RunResult) -> list[str]:
    """Return whether a few minibatches were learned by heart, where that was to be tried."""
    batches = plan.config.training.overfit_batches
    loss, accuracy, r2 = (result.metrics.get(f"best/{name}") for name in ("loss", "accuracy", "r2"))
    if batches is None or loss is None:
        return []
    right = accuracy if plan.prepared.classes is not None else r2
    rows = f"{min(batches * plan.config.training.batch_size, len(plan.prepared.train)):,} rows"
    name, learned = ("accuracy", accuracy == 1) if right is accuracy else ("r2", right is not None and right > BY_HEART)
    measured = f"loss {number(loss)}" + ("" if right is None else f", {name} {number(right)}")
    became = "learned" if learned else "NOT learned"
    advice = "train" if learned else "look for the fault in the data, the network or the learning rate before you train"
    return labelled("by heart", f"the {rows} were {became}: {measured}; {advice} on all rows")


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


def next_command(command: str, result: RunResult, reproduces: str | None = None) -> str:
    """Return the command that is most useful after this run: its spread over seeds, to go on with it, its pictures.

    After a stage of a pipeline it is what the stage has changed in the metrics, or to go on with the pipeline; after a
    run that `reproduces` the one of that id, what sets the two apart.
    """
    if result.status == "FINISHED" and reproduces:
        return f"trainyard diff {reproduces[:12]} latest"
    number = result.folder.name.rsplit("-", 1)[-1]
    words = shlex.split(command)
    if words[:1] and words[0].startswith("trainyard."):  # called in Python
        return f"trainyard report run={number}"
    program = [word for word in words if "=" not in word]
    if (of_pipeline := stage()) is not None and result.status in ("FINISHED", "KILLED"):
        return "dvc metrics diff" if result.status == "FINISHED" else f"dvc repro {of_pipeline}"
    moving = any(word.startswith("config=") and "latest" in Path(word).parts for word in words)  # which is this run now
    if result.status == "FINISHED" and (moving or any(word.startswith("resume=") for word in words)):
        return f"{shlex.join([*program, f'config={result.folder}/config.yaml'])} -m seed=1,2,3"
    if result.status == "FINISHED":
        kept = [word for word in words if not word.startswith(("seed=", "output="))]
        return f"{shlex.join(kept)} -m seed=1,2,3"
    if result.status == "KILLED":
        output = [word for word in words if word.startswith("output=")]
        return shlex.join([*program, f"resume={number}", *output])
    return f"trainyard report run={number}"
