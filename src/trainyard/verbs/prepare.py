"""`trainyard prepare ...`, with the choices of a training: prepare its data and show what is in them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trainyard.verbs.choices import compose_choices

if TYPE_CHECKING:
    from trainyard.data.prepared import Prepared

HELP = """Prepares the data of a training, unless they are in the cache already, and shows what is in them.

  trainyard prepare [group=option ...] [key=value ...]

It takes what a training takes: trainyard train --help

Lines to paste
  trainyard prepare dataset=salmon
  trainyard prepare dataset=csv dataset.path=houses.csv dataset.target=price"""


def main(argv: Sequence[str]) -> int:
    """Prepare the data of the composed config and print a summary."""
    config = compose_choices("prepare", argv)
    if config is None:
        print(HELP)
        return 0
    from trainyard.config.root import project_root
    from trainyard.data.prepare import prepare

    task = {"classifier": "classification", "regressor": "regression"}.get(config.model.name, "auto")
    double = config.accelerator.precision == "64"
    transform = getattr(config.model, "target_transform", "none")
    prepared = prepare(
        config.dataset, task=task, double=double, root=project_root(), target_transform=transform,  # type: ignore[arg-type]
        trusted=config.trusted,
    )  # fmt: skip
    print(summary_text(prepared))
    return 0


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
