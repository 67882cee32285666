"""The report of a sweep: what was varied, how its members compare, and a link to the report of each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from trainyard.reports.markup import Markup, facts, section, table, tag
from trainyard.reports.next_commands import sweep_commands
from trainyard.reports.page import REPORT, heading, number_cards, plots_section, write_page
from trainyard.reports.run_metrics import number_or_dash
from trainyard.reports.run_page import command_facts
from trainyard.reports.text import number
from trainyard.tracking.reading import status_of

MOST_METRICS = 4  # of the test part in the table
Content = Mapping[str, Any]


def write_sweep_page(
    folder: Path, sweep: Content, records: Sequence[dict[str, Any]], plots: Sequence[Path]
) -> list[Path]:
    """Write `report.html` of the sweep in `folder` by its sweep.json and journal; return it, none without members."""
    members = sweep.get("members", ())
    if not members:
        return []
    begin, best = records[0], _best(sweep)
    began = datetime.fromtimestamp(float(begin["time"])).strftime("%Y-%m-%d %H:%M")
    statuses = Counter(member["status"].lower() for member in members)
    ends = ", ".join(f"{count} {status}" for status, count in statuses.items())
    first = f"experiment {begin['experiment']} · begun {began} on {begin['host']}"
    return [write_page(
        folder / REPORT, f"{begin['name']}: report",
        heading(begin["name"], _status(records, members), first, f"{len(members)} members: {ends}"),
        number_cards(_cards(sweep, best)),
        section("What was varied", _varied(members)),
        plots_section(plots),
        section("Members", *_members(folder, sweep)),
        section("Over repeats of the best choices", _spread(sweep.get("metrics", {}))),
        section("How to go on", command_facts(sweep_commands(folder, best["folder"] if best else None))),
    )]  # fmt: skip


def choices(member: Content) -> dict[str, str]:
    """Return what was chosen for a member, values by key, as they were typed."""
    return dict(text.split("=", 1) for text in member["overrides"] if "=" in text)


def _status(records: Sequence[dict[str, Any]], members: Sequence[Content]) -> str:
    """Return how the sweep ended or, while the last of it is being written, how it will have."""
    told = status_of(list(records), living=True)
    if told != "RUNNING":
        return told
    return "FINISHED" if any(member["status"] == "FINISHED" for member in members) else "FAILED"


def _best(sweep: Content) -> Content | None:
    return next((member for member in sweep["members"] if member["folder"] == sweep.get("best")), None)


def _cards(sweep: Content, best: Content | None) -> list[tuple[str, str]]:
    """Return the monitored metric of the best member, and its first metric of the test part."""
    if best is None:
        return []
    cards = [(f"best {sweep['monitor'].replace('/', ' ')}", number_or_dash(best["monitor_value"]))]
    tested = _tested([best])
    if tested:
        cards.append((f"{tested[0].replace('/', ' ')} of the best member", number(best["metrics"][tested[0]])))
    return cards


def _tested(members: Sequence[Content]) -> list[str]:
    """Return the metrics of the test part without those per target, the loss last."""
    names = dict.fromkeys(name for member in members for name in member["metrics"])
    found = [name for name in names if name.startswith("test/") and name.count("/") == 1]
    return sorted(found, key=lambda name: name == "test/loss")[:MOST_METRICS]


def _varied(members: Sequence[Content]) -> Markup:
    chosen = [choices(member) for member in members]
    names = _names(chosen)
    alike = [text for text in members[0]["overrides"] if all(text in member["overrides"] for member in members)]
    rows: list[tuple[str, object]] = [
        (name, ", ".join(dict.fromkeys(each.get(name, "(as set)") for each in chosen))) for name in names
    ]
    return facts([*rows, ("all with", tag("code", " ".join(alike)) if alike else "")])


def _names(chosen: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the keys whose values differ, in the order in which they were typed."""
    names = dict.fromkeys(name for each in chosen for name in each)
    return [name for name in names if len({each.get(name) for each in chosen}) > 1]


def _members(folder: Path, sweep: Content) -> list[Markup]:
    members = sweep["members"]
    names, tested = _names([choices(member) for member in members]), _tested(members)
    failed = any(member["error"] for member in members)
    header = ["member", *names, "status", f"best {sweep['monitor']}", *tested, *(["error"] if failed else [])]
    rows = []
    for member in members:
        values = [_number(member["monitor_value"]), *(_number(member["metrics"].get(name)) for name in tested)]
        words = [choices(member).get(name, "") for name in names]
        link = _link(folder, member["folder"], is_best=member["folder"] == sweep.get("best"))
        rows.append([link, *words, member["status"].lower(), *values, *([member["error"] or ""] if failed else [])])
    first = 2 + len(names)
    made = table(header, rows, right=range(first, first + 1 + len(tested)), sortable=True)
    return [tag("p", "A click on the head of a column sorts by it.", class_="quiet"), made]


def _link(folder: Path, member: str, *, is_best: bool) -> Markup:
    """Return the number of a member, linked to its report where it has one; what it chose stands beside it."""
    there, place = (folder / member / REPORT).exists(), member.partition("-")[0]
    name = tag("a", place, href=f"{quote(member)}/{REPORT}", title=member) if there else tag("span", place)
    return tag("td", name, tag("span", " best", class_="good") if is_best else "", data_value=place)


def _number(value: float | None) -> str:
    return "" if value is None else number(value)


def _spread(metrics: Mapping[str, float]) -> Markup:
    """Return mean and deviation of metrics over seeds or folds."""
    names = [name.removeprefix("mean/") for name in metrics if name.startswith("mean/")]
    cells = [(name, number(metrics[f"mean/{name}"]), number_or_dash(metrics.get(f"std/{name}"))) for name in names]
    return table(("metric", "mean", "deviation"), cells, right=(1, 2)) if cells else Markup("")
