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
    summary = prepared.summary
    target = ", ".join(prepared.targets)
    if prepared.classes is not None:
        target += f" ({len(prepared.classes)} classes: {', '.join(map(str, prepared.classes[:12]))}" \
                  f"{', ...' if len(prepared.classes) > 12 else ''})"  # fmt: skip
    rows = {
        "dataset": f"{prepared.dataset_name}, from {prepared.origin}",
        "digest": prepared.digest,
        "task": f"{summary.task}: {summary.task_reason}",
        "target": target,
        "rows": ", ".join(f"{number} {part}" for part, number in summary.rows.items()) + f"; split: {summary.split}",
        "columns": ", ".join(f"{number} {kind}" for kind, number in summary.kinds.items()),
        "inputs": f"{summary.numeric} numbers ({summary.one_hot} one-hot, {summary.indicators} indicators of missing "
                  f"values), {summary.embedded} embedded categories",
        "prepared": str(prepared.folder),
    }  # fmt: skip
    lines = [f"{name:<9} {text}" for name, text in rows.items()]
    lines += [f"left out  {column.column}: {column.reason}" for column in summary.left_out]
    lines += [f"note      {note}" for note in summary.notes]
    return "\n".join(lines)
