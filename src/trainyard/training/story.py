"""The story of one run: begin, fit, finish, and everything that it leaves behind."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainyard.config.params import params
from trainyard.config.root import code_root, project_root
from trainyard.config.secrets import mask_text, mask_texts
from trainyard.config.text import to_dict, to_yaml
from trainyard.files import json_text, write_text
from trainyard.inference.package import weights_md5
from trainyard.lineage.code import ARCHIVE, DIFF, Code, read_code
from trainyard.lineage.record import tags
from trainyard.lineage.uncommitted import uncommitted
from trainyard.models import Model
from trainyard.reports.worst import write_worst
from trainyard.tracking.journal import Journal, Status, read_journal
from trainyard.tracking.rank import is_first_process
from trainyard.training.checkpoint import Checkpoints
from trainyard.training.companions import Companions
from trainyard.training.console import Console
from trainyard.training.finish import final_metrics, final_outputs, fitted_temperature, package, write_tested
from trainyard.training.fit import Fitted, fit
from trainyard.training.member import Member
from trainyard.training.narrate import end_text, member_text, start_text
from trainyard.training.narrate_sweep import mlflow_text
from trainyard.training.phases import Phases
from trainyard.training.plan import Plan
from trainyard.training.profile import tell_profile
from trainyard.training.progress import Progress
from trainyard.training.record import dataset_schema, plan_tags, record_lineage
from trainyard.training.result import Asked, RunResult, point_latest, run_name
from trainyard.training.resume import Resumed, changed_code, open_resumed
from trainyard.training.slurm import remember, requeue
from trainyard.training.stage import remember_stage
from trainyard.training.stop import Stop

if TYPE_CHECKING:
    from trainyard.training.result import Parent

KILLED_BY = {
    "interrupted": "stopped by Ctrl-C", "terminated": "stopped by SIGTERM", "requeued": "queued again by Slurm",
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """A run that has begun."""

    plan: Plan
    companions: Companions
    stop: Stop
    folder: Path
    name: str
    journal: Journal
    console: Console
    lineage: dict[str, Any]
    parent: "Parent | None"
    resumed: Resumed | None = None
    phases: Phases = field(default_factory=Phases)
    fit: Callable[..., Fitted] = fit


def tell(
    plan: Plan, companions: Companions, stop: Stop, asked: Asked, parent: "Parent | None", phases: Phases | None = None,
    fit: Callable[..., Fitted] = fit,
) -> RunResult:  # fmt: skip
    """Run the plan and return how it ended; whatever happens, what was reached is kept and said.

    Of processes that share a training the first one tells the story; the others only train. Another `fit` may stand in
    for that of training.fit, with its arguments.
    """
    resumed = None if asked.resuming is None else open_resumed(asked.folder, plan, asked.resuming)
    if not is_first_process():
        fitted = fit(plan, stop, resumed=None if resumed is None else resumed.state)
        return RunResult(asked.folder, "FINISHED", stop.exit_code, {}, fitted.member.best_value)
    story = replace(begin(plan, companions, stop, asked, resumed, parent, phases or Phases()), fit=fit)
    try:
        fitted = train(story)
        story.journal.tags({"stopped_by": fitted.reason})
        if stop.reason in ("terminated", "requeued"):
            return end(story, "KILLED", fitted, {}, KILLED_BY[stop.reason])
        metrics = finish(story, fitted)
        if fitted.reason == "diverged":
            epoch, rate = fitted.member.epoch, plan.config.optimizer.lr
            error = f"The training loss was no longer a number in epoch {epoch}; lower optimizer.lr={rate:g} or clip."
            return end(story, "FAILED", fitted, metrics, error)
        if stop.reason == "interrupted":
            return end(story, "KILLED", fitted, metrics, KILLED_BY["interrupted"])
        return end(story, "FINISHED", fitted, metrics, None)
    except KeyboardInterrupt:
        story.journal.end("KILLED", KILLED_BY["interrupted"])
        raise
    except Exception as error:
        story.console.keep(mask_text(traceback.format_exc()))
        story.journal.end("FAILED", mask_text(f"{type(error).__name__}: {error}"))
        raise


def begin(
    plan: Plan, companions: Companions, stop: Stop, asked: Asked, resumed: Resumed | None, parent: "Parent | None",
    phases: Phases,
) -> Story:  # fmt: skip
    """Make the run's folder and journal, or open them again, and tell what is going to be trained."""
    config, folder = plan.config, asked.folder
    name = run_name(config, folder, sweep=parent is not None)
    if resumed is None:
        journal = Journal.create(
            folder, kind="run", experiment=config.experiment_name, name=name, parent=parent.id if parent else None
        )
    else:
        journal = Journal.reopen(folder)
    code = read_code(code_root(), project_root())
    sweep = parent.folder.name if parent else None
    before = None if resumed is None else resumed.lineage
    lineage = mask_texts(record_lineage(plan, command=asked.command, sweep=sweep, code=code, before=before))
    console = Console(folder, quiet=asked.in_python)
    story = Story(plan, companions, stop, folder, name, journal, console, lineage, parent, resumed, phases)
    if not asked.in_python:
        remember(project_root(), folder)
        remember_stage(project_root(), config, folder)
    write_origin(story, asked, code)
    tell_start = story.console.say if parent is None else story.console.keep
    tell_start(start_text(plan, name, folder, uncommitted(lineage["data"]["files"])))
    for note in plan.notes:
        tell_start(f"note       {note}")
    for line in () if resumed is None else (resumed.line, *resumed.notes, *changed_code(resumed.lineage, code)):
        tell_start(f"resumed    {line}")
    phases.mark("set up")
    return story


def write_origin(story: Story, asked: Asked, code: Code | None) -> None:
    """Write config, overrides, lineage and what was not committed, and tell the journal of all that."""
    plan, folder, journal = story.plan, story.folder, story.journal
    config, prepared = plan.config, plan.prepared
    before = (folder / "overrides.txt").read_text(encoding="utf-8") if story.resumed is not None else ""
    write_text(folder / "config.yaml", to_yaml(config))
    write_text(folder / "overrides.txt", before + "".join(f"{override}\n" for override in asked.overrides))
    write_text(folder / "lineage.json", json_text(story.lineage))
    journal.params(params(config))
    journal.tags({**tags(story.lineage), **plan_tags(plan, folder), **to_dict(config)["tags"]})
    if config.note:
        journal.note(to_dict(config)["note"])
    journal.dataset(
        name=prepared.dataset_name, digest=prepared.digest, source=prepared.origin, schema=dataset_schema(prepared),
        context="training",
    )  # fmt: skip
    if code is not None:
        code.write(folder)
    for file in ("config.yaml", "overrides.txt", "lineage.json", DIFF, ARCHIVE):
        if (folder / file).exists():
            journal.artifact(folder / file)


def train(story: Story) -> Fitted:
    """Fit the model, with each epoch in the journal and the best weights on the disk."""
    plan = story.plan
    checkpoints = Checkpoints(story.folder, plan.config.training, story.journal.flush)
    known = {} if story.resumed is None else told_epochs(story.folder)
    phases, blocks = story.phases, iter(["first step"])
    with Progress(plan, story.stop, quiet=story.console.quiet) as progress:

        def on_step(epoch: int, minibatch: int) -> None:
            phases.mark(next(blocks, "train"))
            story.companions.warm_up_reporter()
            progress.step(epoch, minibatch)

        def on_epoch(member: Member, _model: Model, metrics: dict[str, float], _best: bool) -> None:
            phases.mark("validate")
            if known.get(member.epoch) != metrics:
                story.journal.metrics(metrics, step=member.epoch)
            progress.epoch(member.epoch, metrics)

        state = None if story.resumed is None else story.resumed.state
        fitted = story.fit(
            plan, story.stop, resumed=state, checkpoints=checkpoints, on_step=on_step, on_epoch=on_epoch
        )
    phases.mark("train")
    return fitted


def told_epochs(folder: Path) -> dict[int, dict[str, float]]:
    """Return the metrics of each epoch that the journal has: those after the state are trained again, to the same."""
    records = read_journal(folder)
    return {r["step"]: r["values"] for r in records if r["type"] == "metrics" and "train/loss" in r["values"]}


def finish(story: Story, fitted: Fitted) -> dict[str, float]:
    """Test, package and draw; return the final metrics."""
    plan, folder, journal = story.plan, story.folder, story.journal
    tested = final_outputs(plan, fitted) if len(plan.prepared.test) else None
    files = [] if tested is None else write_tested(folder, plan, fitted, tested)
    files += [] if tested is None else write_worst(folder, plan.prepared)
    metrics = final_metrics(plan, fitted, tested)
    write_text(folder / "metrics.json", json_text(metrics))
    story.phases.mark("evaluate")
    temperature = fitted_temperature(plan, fitted) if tested is None else tested.temperature
    model = package(plan, fitted, folder, metrics, story.lineage, temperature)
    story.phases.mark("package")
    story.companions.draw(folder)
    journal.metrics(metrics, step=fitted.member.epoch)
    journal.model(model)
    journal.tags({"model.md5": weights_md5(model)})
    for path in (folder / "metrics.json", *files):
        journal.artifact(path)
    plots = story.companions.drawn()
    if isinstance(plots, str):
        story.console.say(plots)
    else:
        for plot in plots:
            journal.artifact(plot)
    story.phases.mark("report")
    return metrics


def end(story: Story, status: Status, fitted: Fitted, metrics: dict[str, float], error: str | None) -> RunResult:
    """Close the journal, wait for MLflow for a moment and tell how the run ended."""
    story.journal.end(status, error)
    if story.parent is None and status == "FINISHED":
        point_latest(story.folder, story.folder.parent.parent)
    config = story.plan.config
    exit_code = {"FINISHED": 0, "FAILED": 1, "KILLED": story.stop.exit_code}[status]
    value = fitted.member.best_value
    result = RunResult(story.folder, status, exit_code, metrics, value, error, story.plan.prepared.task)
    story.phases.mark("rest")
    if story.parent is None and fitted.reason == "requeued" and (problem := requeue()) is not None:
        story.console.say(problem)
    complete = story.parent is None and story.companions.drain()
    story.phases.mark("MLflow")
    if config.training.profile and status == "FINISHED":
        tell_profile(story.plan, story.phases, story.folder, story.console)
    if story.parent is not None:
        story.console.say(member_text(story.plan, fitted, result))
        return result
    mlflow = mlflow_text(config.tracking, story.name, complete, story.companions.problem)
    story.console.say(end_text(story.plan, fitted, result, command=story.lineage["command"], mlflow=mlflow))
    return result
