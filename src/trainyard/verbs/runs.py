"""`trainyard runs`: runs and sweeps, the newest first, from what their folders hold."""

import math
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help

if TYPE_CHECKING:
    from trainyard.reports.run_list import Row
    from trainyard.tracking.glance import Glance

STATUSES = ("RUNNING", "FINISHED", "FAILED", "KILLED")
FORMATS = ("table", "json", "csv")
LIMIT = 20
WIDTH = 140  # characters of a line where the output is no terminal
ID_LENGTH = 6
VERB = Verb(
    "runs",
    "Lists runs and sweeps with their members, the newest first, from what their folders hold.",
    {
        "experiment": "those of one experiment",
        "status": "those that are running, finished, failed or killed",
        "since": "those that began within this time, such as 7d or 12h",
        "sort": "the best of a metric first, such as accuracy or best/loss, members among the runs",
        "limit": f"how many at most, a sweep with its members as one, or all ({LIMIT} unless given)",
        "format": "table, json or csv (table unless given)",
    },
    ("", "experiment=digits sort=accuracy", "status=failed since=7d", "limit=all format=csv"),
)


def main(argv: Sequence[str]) -> int:
    """Print the runs that the arguments ask for; MLflow is told of those that died with their mirror."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(argv)
    asked = check(values)
    from trainyard.config.root import project_root
    from trainyard.config.schema.run import Tracking
    from trainyard.reports import run_list
    from trainyard.tracking.glance import glances
    from trainyard.tracking.sync import reconcile

    root = project_root()
    reconcile(root, Tracking())
    found = sorted(glances(root / "runs"), key=lambda each: float(each.begin["time"]), reverse=True)
    if not found and "format" not in values:
        print(f"There are no runs in {root / 'runs'} yet.")
        return 0
    rows = chosen(found, values, asked)
    form = values.get("format", "table")
    if form == "table":
        print(run_list.runs_table(rows, shutil.get_terminal_size((WIDTH, 24)).columns))
    else:
        print(run_list.runs_json(rows) if form == "json" else run_list.runs_csv(rows))
    return 0


def check(values: Mapping[str, str]) -> tuple[int | None, float]:
    """Return how many are asked for, None for all, and the time since when; raise ArgumentsError with all faults."""
    from trainyard.config.duration import parse_duration
    from trainyard.config.nearest import did_you_mean

    faults = []
    status, form, limit = values.get("status"), values.get("format"), values.get("limit", str(LIMIT))
    if status is not None and status.upper() not in STATUSES:
        known = [word.lower() for word in STATUSES]
        faults.append(f"status={status}: must be running, finished, failed or killed{did_you_mean(status, known)}")
    if form is not None and form not in FORMATS:
        faults.append(f"format={form}: must be table, json or csv{did_you_mean(form, FORMATS)}")
    if limit != "all" and not (limit.isascii() and limit.isdigit() and int(limit)):
        faults.append(f"limit={limit}: must be a number from 1 on, or all")
    since = 0.0
    try:
        since = time.time() - parse_duration(values["since"]) if "since" in values else 0.0
    except ValueError as error:
        faults.append(f"since: {error}")
    if faults:
        raise ArgumentsError(faults)
    return None if limit == "all" else int(limit), since


def chosen(found: "Sequence[Glance]", values: Mapping[str, str], asked: tuple[int | None, float]) -> "list[Row]":
    """Return the rows to show of what was found, the newest first or, with sort=, the best."""
    limit, since = asked
    check_experiment(found, values.get("experiment"))

    def is_asked_for(each: "Glance") -> bool:
        experiment, status = values.get("experiment"), values.get("status")
        return (
            experiment in (None, each.begin["experiment"])
            and (status is None or status.upper() == each.status)
            and float(each.begin["time"]) >= since
        )

    if "sort" in values:
        return best_first(found, values["sort"], is_asked_for)[:limit]
    rows: list[Row] = []
    shown = 0
    for top in found:
        if limit is not None and shown >= limit:
            break
        below = [row for member, row in member_rows(top) if is_asked_for(member)]
        if is_asked_for(top) or below:
            rows += [row_of(top), *below]
            shown += 1
    return rows


def best_first(found: "Sequence[Glance]", sort: str, is_asked_for: "Callable[[Glance], bool]") -> "list[Row]":
    """Return runs and members alike, the best of a metric first; those without it are left out."""
    from trainyard.config.metric_names import metric_direction
    from trainyard.config.nearest import did_you_mean

    runs = [(top, row_of(top)) for top in found if not top.is_sweep]
    runs += [(member, row_of(member)) for top in found for member, _ in member_rows(top)]
    known = {name for each, _ in runs for name in each.metrics}
    name = sort if sort in known else f"test/{sort}"
    if name not in known:
        hint = did_you_mean(sort, [*known, *(each.partition("/")[2] for each in known)])
        raise ArgumentsError(f"sort={sort}: no run has this metric{hint}")
    try:
        sign = 1 if metric_direction(name) == "min" else -1
    except KeyError:
        sign = -1
    measured = [(each.metrics.get(name, math.nan), row) for each, row in runs if is_asked_for(each)]
    numbers = [pair for pair in measured if not math.isnan(pair[0])]
    return [row for _, row in sorted(numbers, key=lambda pair: sign * pair[0])]


def check_experiment(found: "Sequence[Glance]", experiment: str | None) -> None:
    """Raise for the name of an experiment that has no runs."""
    from trainyard.config.nearest import did_you_mean

    known = {each.begin["experiment"] for each in found}
    if experiment is not None and experiment not in known:
        raise ArgumentsError(f"experiment={experiment}: has no runs{did_you_mean(experiment, known)}")


def member_rows(sweep: "Glance") -> "Iterator[tuple[Glance, Row]]":
    """Yield the members of a sweep with their rows, by number; nothing for a run."""
    from dataclasses import replace

    from trainyard.tracking.glance import glance
    from trainyard.tracking.members import members

    folders = members(sweep.folder, sweep.begin["id"]) if sweep.is_sweep else ()
    for folder in sorted(folders, key=lambda folder: (len(folder.name.partition("-")[0]), folder.name)):
        member = glance(folder)
        if member is not None:
            best = sweep.more.get("best") == folder.name
            apart = " ".join(text for text in member.overrides if text not in sweep.overrides)
            yield member, replace(row_of(member), level=1, best=best, choices=apart, sweep=sweep.folder.name)


def row_of(each: "Glance") -> "Row":
    """Return the row of a run or sweep."""
    from trainyard.reports.run_list import Row

    metrics = each.metrics
    folded = "mean/" if each.more.get("folds") else ""
    test = f"{folded}test/{main_metric(metrics, f'{folded}test/')}"
    monitor = str(each.params.get("training.monitor", each.more.get("monitor", "val/loss")))
    validated = f"{folded}best/{monitor.removeprefix('val/')}"
    member = each.begin["parent"] is not None
    return Row(
        id=each.begin["id"][:ID_LENGTH] if member else each.folder.name.rsplit("-", 1)[-1], kind=each.begin["kind"],
        status=each.status, experiment=each.begin["experiment"], name=each.begin["name"],
        choices=" ".join(each.overrides), began=float(each.begin["time"]), seconds=each.seconds, folder=each.folder,
        test=(test.removeprefix(folded), metrics[test]) if test in metrics else None,
        deviation=metrics.get(f"std/{test.removeprefix(folded)}") if folded else None,
        validated=(monitor, metrics[validated]) if validated in metrics else None,
    )  # fmt: skip


def main_metric(metrics: Mapping[str, float], prefix: str) -> str:
    """Return the metric that a run is told by, without its prefix: accuracy of classifiers, rmse of regressors."""
    return "rmse" if f"{prefix}rmse" in metrics else "accuracy"
