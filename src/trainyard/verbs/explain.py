"""`trainyard explain run=...`: what a trained model goes by, over the rows that tested it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.errors import ConfigError
from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help
from trainyard.verbs.tracked import RUN, TRACKING_KEYS, tracking_of
from trainyard.verbs.trusting import TRUSTED, trusted_packages

if TYPE_CHECKING:
    from trainyard.explain.importance import Importance

VERB = Verb(
    "explain",
    "Tells what a trained model goes by: the importance of each column; of images the pixels, filters and activations.",
    {
        "run": f"{RUN} (latest unless given)",
        "input": "a table with the targets, in place of the rows that tested the model: CSV, TSV, Parquet, Feather",
        "metric": "whose getting worse tells the importance of a column (log_loss or rmse unless given)",
        "repeats": "how often the values of a column are dealt out anew (5)",
        "images": "how many test images are looked at (4)",
        "square": "side in pixels of what hides a part of an image, an odd number (5)",
        "trusted": TRUSTED,
        **TRACKING_KEYS,
    },
    ("run=latest", "run=3f15b1 metric=accuracy repeats=20", "run=3f15b1 input=houses-2026.csv",
     "run=latest images=8 square=3"),
)
OF_TABLES, OF_IMAGES = ("metric", "repeats"), ("images", "square")
NUMBERS = {"repeats": 1000, "images": 32, "square": 999}  # and the largest of each


def main(argv: Sequence[str]) -> int:
    """Explain the model of a run: print the importance of its columns, and where the plots are."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(argv)
    numbers = check_numbers(values)
    from trainyard.config.root import project_root
    from trainyard.tracking.open_run import open_run

    name = values.get("run", "latest")
    with open_run(name, project_root(), tracking_of(values)) as run:
        if run.remote is not None:
            raise ConfigError(f"run={name}: its folder is not here, where plots would go")
        return explain_run(run.folder, values, numbers, trusted_packages(argv))


def check_numbers(values: Mapping[str, str]) -> dict[str, int]:
    """Return the arguments that are whole numbers; raise ArgumentsError for those that are none, or out of range."""
    faults, numbers = [], {}
    for name, largest in NUMBERS.items():
        text = values.get(name)
        if text is None:
            continue
        if not text.isdecimal() or not 1 <= int(text) <= largest or (name == "square" and int(text) % 2 == 0):
            odd = " odd" if name == "square" else ""
            faults.append(f"{name}={text}: must be a whole{odd} number from 1 to {largest}")
        else:
            numbers[name] = int(text)
    if faults:
        raise ArgumentsError(faults)
    return numbers


def check_kind(values: Mapping[str, str], *, table: bool) -> None:
    """Raise ArgumentsError for arguments that say nothing about a model of a table, or one of images."""
    model, data = ("a table", "images") if table else ("images", "a table")
    faults = [f"{name}={values[name]}: is for models of {data}, but this one takes {model}; leave {name} out"
              for name in (OF_IMAGES if table else OF_TABLES) if name in values]  # fmt: skip
    if faults:
        raise ArgumentsError(faults)


def explain_run(folder: Path, values: Mapping[str, str], numbers: Mapping[str, int], trust: tuple[str, ...]) -> int:
    """Explain the model in a run's folder, and keep the files with the run."""
    from dataclasses import replace

    from trainyard.config.root import project_root
    from trainyard.data.encode import Encoder
    from trainyard.evaluation.evaluate import measured
    from trainyard.evaluation.files import file_name
    from trainyard.evaluation.output import write_apart
    from trainyard.evaluation.record import append_to_run, bring_to_mlflow
    from trainyard.evaluation.tested import open_tested
    from trainyard.explain.explain import Asked, explain_images, explain_table
    from trainyard.reports.text import plural
    from trainyard.training.evaluation import outputs
    from trainyard.verbs.choices import compose_over_run

    config = replace(compose_over_run("explain", folder / "config.yaml", []), trusted=trust)
    file = Path(values["input"]) if "input" in values else None
    tested = open_tested(folder, config, project_root(), trust, file)
    subject, rows = tested.subject, tested.evaluated.rows
    model = subject.packaged
    check_kind(values, table=isinstance(model.encoder, Encoder))
    usual = "rmse" if model.classes is None else "log_loss"
    asked = Asked(values.get("metric", usual), seed=config.seed, **numbers)
    count = plural(len(rows), "test row") if file is None else f"{plural(len(rows), 'row')} of {file.name}"
    subtitle = f"{folder.name} · {count}"
    encoder = model.encoder

    def write(plots: Path) -> list[Path]:
        if not isinstance(encoder, Encoder):
            return explain_images(rows, model, asked, plots, subtitle)
        found, files = explain_table(
            rows, encoder, lambda some: measured(subject, outputs(
                subject.model, some, subject.batch_size, subject.device)), asked, plots, subtitle,
        )  # fmt: skip
        print(importance_text(found))
        return files

    names = ["explain", *([] if file is None else [file.stem]), *([] if asked.metric == usual else [asked.metric])]
    _, files = write_apart(folder / "plots" / file_name("-".join(names)), write)
    append_to_run(folder, "explain", {}, 0, files)
    problem = bring_to_mlflow(folder, config.tracking)
    for line in [*map(str, files), *([f"note       {problem}"] if problem else [])]:
        print(line)
    return 0


def importance_text(found: "Importance", most: int = 20) -> str:
    """Return a table of the most important columns."""
    from trainyard.reports.text import number

    width = max(len(name) for name in found.columns[:most])
    before = f"{found.metric} is {number(found.before)}"
    lines = [f"{before}, and gets worse where the values of a column are dealt out anew:\n"]
    for name, mean, deviation in zip(found.columns[:most], found.mean, found.deviation, strict=False):
        spread = f" ± {number(deviation)}" if found.worse.shape[1] > 1 else ""
        lines.append(f"  {name:<{width}}  {number(mean):>10}{spread}")
    more = len(found.columns) - most
    return "\n".join([*lines, *([f"  and {more} more in importance.csv"] if more > 0 else []), ""])
