"""`trainyard prepare ...`, with the choices of a training: prepare its data and show what is in them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trainyard.config.flags import parse_flags
from trainyard.errors import ConfigError

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
    flags = parse_flags(argv)
    if flags.help:
        print(HELP)
        return 0
    if flags.multirun or flags.cfg or flags.info or flags.shell_completion or flags.hydra_help:
        raise ConfigError("trainyard prepare: takes choices only; the other flags belong to trainyard train")
    from trainyard.config.compose import Composer
    from trainyard.config.loader import Loader
    from trainyard.config.root import project_root

    composer = Composer(Loader(flags.config_dir, flags.config_path), flags.config_name or "train")
    config = composer.compose(flags.overrides).config
    from trainyard.data.prepare import prepare

    task = {"classifier": "classification", "regressor": "regression"}.get(config.model.name, "auto")
    double = config.accelerator.precision == "64"
    print(summary_text(prepare(config.dataset, task=task, double=double, root=project_root())))  # type: ignore[arg-type]
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
