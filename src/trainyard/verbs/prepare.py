"""`trainyard prepare ...`, with the choices of a training: prepare its data and show what is in them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainyard.verbs.choices import compose_choices, take_keys

if TYPE_CHECKING:
    from trainyard.data.prepared import Prepared

HELP = """Prepares the data of a training, unless they are in the cache already, and shows what is in them.

  trainyard prepare [group=option ...] [key=value ...]

It takes what a training takes (trainyard train --help), also config=..., and

  output   a JSON file that gets what has become of the rows, for a pipeline

Lines to paste
  trainyard prepare dataset=salmon
  trainyard prepare dataset=csv dataset.path=houses.csv dataset.target=price"""


def main(argv: Sequence[str]) -> int:
    """Prepare the data of the composed config and print a summary."""
    own, choices = take_keys("prepare", argv, ("output",))
    config = compose_choices("prepare", choices)
    if config is None:
        print(HELP)
        return 0
    from trainyard.config.root import project_root
    from trainyard.data.prepare import prepare
    from trainyard.training.run import target_transform_of, task_of

    double = config.accelerator.precision == "64"
    prepared = prepare(
        config.dataset, task=task_of(config), double=double, root=project_root(),
        target_transform=target_transform_of(config), trusted=config.trusted,
    )  # fmt: skip
    print(summary_text(prepared))
    if "output" in own:
        from trainyard.files import json_text, write_text

        write_text(Path(own["output"]), json_text(outcome(prepared)))
    return 0


def outcome(prepared: "Prepared") -> dict[str, Any]:
    """Return what has become of the rows as JSON values, equal wherever they lie; `key` names them in the cache."""
    summary = prepared.summary
    return {
        "key": prepared.key, "digest": prepared.digest, "task": prepared.task, "targets": list(prepared.targets),
        "classes": prepared.classes and list(prepared.classes), "rows": dict(summary.rows), "split": summary.split,
        "columns": {"seen": len(prepared.preprocessing.get("columns", [])), "numbers": prepared.numeric},
        "left_out": {left.column: left.reason for left in summary.left_out}, "notes": list(summary.notes),
    }  # fmt: skip


def summary_text(prepared: "Prepared") -> str:
    """Return what a person wants to know of prepared data before training on them."""
    from trainyard.reports.summary import columns_text
    from trainyard.reports.text import labelled, listed

    summary, classes = prepared.summary, prepared.classes
    rows = ", ".join(f"{count:,} {part}" for part, count in summary.rows.items())
    lines = labelled("data", f"{prepared.dataset_name}: {prepared.origin} (digest {prepared.digest})")
    lines += labelled("task", f"{summary.task}: {summary.task_reason}")
    lines += labelled("target", ", ".join(prepared.targets))
    if classes is not None:
        lines += labelled("classes", f"{len(classes)}: {listed([str(label) for label in classes], 12)}")
    lines += labelled("rows", f"{rows}; split {summary.split}")
    lines += labelled("columns", columns_text(summary))
    for column in summary.left_out:
        lines += labelled("left out", f"{column.column}: {column.reason}")
    for note in summary.notes:
        lines += labelled("note", note)
    return "\n".join([*lines, *labelled("folder", str(prepared.folder))])
