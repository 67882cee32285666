"""The report of one run: what was trained on what, how it went, and how to go on, on a page of its own."""

import csv
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from trainyard.config.differences import chosen_options, differences
from trainyard.config.root import code_root
from trainyard.errors import ConfigError
from trainyard.reports.markup import Markup, facts, folded, preformatted, section, table, tag
from trainyard.reports.next_commands import run_commands
from trainyard.reports.outcome import calibration_lines, interval_lines, left_out_lines
from trainyard.reports.page import REPORT, heading, number_cards, plots_section, write_page
from trainyard.reports.provenance import provenance
from trainyard.reports.provenance_text import provenance_lines
from trainyard.reports.run_metrics import metric_rows, number_or_dash, target_rows
from trainyard.reports.text import LABEL, number, plural, seconds_text
from trainyard.reports.told import Told
from trainyard.reports.worst import TABLE

MOST_OPEN = 20  # rows of a table that stand open
MOST_COLUMNS = 14  # of a table of examples


def write_run_page(folder: Path, plots: Sequence[Path]) -> list[Path]:
    """Write `report.html` of the run in `folder` with its plots, and return it; nothing for one without lineage."""
    try:
        told = Told.of(folder)
    except ConfigError:
        return []
    begin = told.records[0]
    began = datetime.fromtimestamp(float(begin["time"])).strftime("%Y-%m-%d %H:%M")
    took = f", {seconds_text(told.seconds)}" if told.seconds else ""
    lines = f"experiment {begin['experiment']} · begun {began} on {begin['host']}{took}", told.reason
    return [write_page(
        folder / REPORT, f"{begin['name']}: report",
        heading(begin["name"], told.status, *lines),
        tag("p", told.error, class_="bad") if told.error else "",
        tag("p", told.note, class_="note") if told.note else "",
        number_cards(_cards(told)),
        section("What was trained", _subject(told)),
        section("Outcome", *_outcome(told)),
        plots_section(plots),
        section("Classes", _classes(folder)),
        section("Worst predictions", *_worst(told)),
        section("Config", *_config(told)),
        section("Where it came from", *_provenance(told)),
        section("How to go on", *_commands(told)),
    )]  # fmt: skip


def _cards(told: Told) -> list[tuple[str, str]]:
    """Return the main metric with its baseline, and what the best epoch was."""
    metrics, main = told.run.metrics, told.run.main_metric
    cards = []
    if main is not None:
        name, value = main
        base = metrics.get(f"baseline/{name.removeprefix('test/')}")
        beside = "" if base is None else f" (baseline {number(base)})"
        cards.append((f"{name.replace('/', ' ')}{beside}", number(value)))
    if "best/epoch" in metrics:
        cards.append((f"best epoch of {metrics.get('trained/epochs', 0):g}", f"{metrics['best/epoch']:g}"))
    return cards


def _subject(told: Told) -> Markup:
    card, data, params = told.run.card, told.run.lineage.get("data", {}), told.params
    rows = ", ".join(f"{count:,} {part}" for part, count in data.get("rows", {}).items())
    classes = card.get("classes")
    task = f"{plural(len(classes), 'class')[:-1]}es" if classes else ""
    given = card.get("inputs", {})
    seen = given.get("image_shape")
    columns = [column["name"] for column in card.get("preprocessing", {}).get("columns", ())]
    inputs = f"images of {seen[0]} x {seen[1]} x {seen[2]}" if seen else _named(columns)
    network = f"{params.get('network', '')}" + (f", {told.parameters:,} parameters" if told.parameters else "")
    trained = told.run.metrics
    length = f"{plural(round(trained['trained/epochs']), 'epoch')}, {plural(round(trained['trained/steps']), 'step')}" \
        if "trained/epochs" in trained else ""  # fmt: skip
    return facts([
        ("dataset", f"{data.get('name')}: {data.get('origin')}"), ("rows", rows), ("inputs", inputs),
        ("target", f"{_named(card.get('targets', ()))}{f' ({task})' if task else ''}" if card else ""),
        ("model", f"{params.get('model', '')}, {params.get('model.loss', '')}".rstrip(", ")), ("network", network),
        ("optimizer", f"{params.get('optimizer', '')}, learning rate {params.get('optimizer.lr', '')}, "
                      f"{params.get('schedule', '')} schedule"),
        ("trained", length), ("device", told.run.lineage.get("device", {}).get("name")),
    ])  # fmt: skip


def _named(names: Sequence[str]) -> str:
    more = len(names) - MOST_COLUMNS
    return ", ".join(names[:MOST_COLUMNS]) + (f" and {more} more" if more > 0 else "")


def _outcome(told: Told) -> list[Markup]:
    metrics, task = told.run.metrics, str(told.run.card.get("task", ""))
    rows = metric_rows(metrics, task)
    if not rows:
        return []
    cells = [
        (row.name, number(row.value), number_or_dash(row.baseline),
         _verdict(row.beats))
        for row in rows
    ]  # fmt: skip
    by_target = target_rows(metrics, task)
    lines = [*calibration_lines(metrics), *interval_lines(metrics, told.run.card.get("quantiles", ())),
             *left_out_lines(metrics)]  # fmt: skip
    return [
        table(("metric", "test", "baseline", "than the baseline"), cells, right=(1, 2)),
        table(by_target[0], by_target[1:], right=range(1, len(by_target[0]))) if by_target else Markup(""),
        tag("p", " ".join(map(_flowing, lines))) if lines else Markup(""),
    ]


def _verdict(beats: bool | None) -> Markup:
    """Return in a word and a color whether a metric beats that of the baseline."""
    if beats is None:
        return Markup("")
    return tag("span", "better" if beats else "no better", class_="good" if beats else "bad")


def _flowing(line: str) -> str:
    """Return a line that a label begins as a part of a paragraph."""
    return line[LABEL:] if line.startswith(" ") else f"{line[:LABEL].strip()}: {line[LABEL:]}"


def _classes(folder: Path) -> Markup:
    path = folder / "per_class.json"
    if not path.exists():
        return Markup("")
    rows = json.loads(path.read_text(encoding="utf-8"))
    cells = [(row["label"], *(f"{row[name]:.4f}" for name in ("precision", "recall", "f1")), f"{row['support']:,.5g}")
             for row in rows]  # fmt: skip
    made = table(("class", "precision", "recall", "F1", "test rows"), cells, right=range(1, 5), sortable=True)
    return made if len(rows) <= MOST_OPEN else folded(f"all {len(rows):,} classes", made)


def _worst(told: Told) -> list[Markup]:
    """Return the worst rows of a table as the network saw them; images are among the plots."""
    path = told.run.folder / TABLE
    if not path.exists() or told.run.card.get("inputs", {}).get("image_shape"):
        return []
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    more = len(header) - MOST_COLUMNS
    words = "Test rows that the model was most wrong about, with their columns as it saw them: a missing value shows "
    words += "what stood in for it, unless the column marks it."
    right = [place for place in range(MOST_COLUMNS) if all(_is_number(row[place]) for row in rows if place < len(row))]
    made = table(header[:MOST_COLUMNS], [row[:MOST_COLUMNS] for row in rows], right=right, sortable=True)
    left = tag("p", f"{plural(more, 'more column')} in {TABLE}", class_="quiet") if more > 0 else Markup("")
    return [tag("p", words, class_="quiet"), made, left]


def _is_number(text: str) -> bool:
    """Return whether a cell is a number, or empty."""
    try:
        float(text or 0)
    except ValueError:
        return False
    return True


def _config(told: Told) -> list[Markup]:
    config = told.run.config
    if not config:
        return []
    rows: list[tuple[object, ...]] = [(name, option, "") for name, option in chosen_options(config).items()]
    rows += [(each.key, _plain(each.value), _plain(each.default)) for each in differences(config)]
    text = (told.run.folder / "config.yaml").read_text(encoding="utf-8")
    return [
        table(("key", "value", "default"), [(tag("code", key), value, default) for key, value, default in rows]),
        folded("the whole config, config.yaml", preformatted(text)),
    ]


def _plain(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value


def _provenance(told: Told) -> list[Markup]:
    found = provenance(told.run, code_root())
    packages = found["environment"].get("packages", {})
    every = "\n".join(f"{name}=={version}" for name, version in packages.items())
    return [
        preformatted("\n".join(provenance_lines(found))),
        folded(f"{plural(len(packages), 'package')}", preformatted(every)) if packages else Markup(""),
    ]


def _commands(told: Told) -> list[Markup]:
    return [command_facts(run_commands(told.run, told.status))]


def command_facts(commands: Sequence[tuple[str, str]]) -> Markup:
    """Return commands, (what one does, the command), to be pasted."""
    return facts([(what, tag("code", command)) for what, command in commands])

