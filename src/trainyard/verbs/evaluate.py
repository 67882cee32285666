"""`trainyard evaluate run=...`: the metrics of a trained model on its own test rows, a file or another dataset."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.errors import ConfigError
from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help
from trainyard.verbs.tracked import RUN, TRACKING_KEYS, tracking_of
from trainyard.verbs.trusting import TRUSTED, trusted_packages

if TYPE_CHECKING:
    from trainyard.config.schema.run import Config
    from trainyard.evaluation.evaluate import Evaluation
    from trainyard.evaluation.rows import Evaluated
    from trainyard.evaluation.subject import Subject
    from trainyard.tracking.open_run import OpenedRun

VERB = Verb(
    "evaluate",
    "Measures a trained model: on the rows that tested it, which gives the metrics of its training, or on other rows.",
    {
        "run": f"{RUN} (latest unless given)",
        "model": "the folder of a packaged model, in place of run=; with the choices of a training for its data",
        "config": "a resolved config with the data, for model=; it takes the choices of a training over it",
        "input": "a table with the targets to compare with: CSV, TSV, Parquet, Feather",
        "dataset": "other data, with the keys of the dataset as for a training (dataset=csv dataset.path=...)",
        "part": "test, val, train or all (test of the data that the model was trained on, all of others)",
        "by": "a column of the raw rows; adds the metrics of each of its values",
        "name": "what the evaluation is called in the run and in MLflow (test, or the name of the file or dataset)",
        "output": "the folder for metrics.json, predictions.csv and plots (in the run's folder unless given)",
        "trusted": TRUSTED,
        **TRACKING_KEYS,
    },
    (
        "run=latest", "run=3f15b1 input=houses-2026.csv by=town", "run=latest dataset=csv dataset.path=houses-2026.csv",
        "model=pipeline/digits/model config=pipeline/digits/config.yaml output=pipeline/digits/evaluation",
    ),
)  # fmt: skip
OF_DATA = ("input", "part", "by", "output", "name", "run", "model")


def main(argv: Sequence[str]) -> int:
    """Evaluate a model, print its metrics, and keep them with its run."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    choices = [word for word in argv if is_choice(word)]
    values = check(VERB.read([word for word in argv if word not in choices]), choices)
    trust = trusted_packages(argv)
    from trainyard.config.root import project_root
    from trainyard.evaluation.output import check_output
    from trainyard.tracking.open_run import OpenedRun, open_run

    if "output" in values:
        check_output(Path(values["output"]).expanduser())
    if "model" in values:
        return evaluate_run(OpenedRun(Path(values["model"])), values, choices, trust, bare=True)
    tracked = {word.partition("=")[0]: word.partition("=")[2] for word in argv}
    with open_run(values.get("run", "latest"), project_root(), tracking_of(tracked)) as run:
        return evaluate_run(run, values, choices, trust, bare=False)


def is_choice(word: str) -> bool:
    """Whether a word is a choice of a training: a group, a key of one, or a key such as trusted."""
    from trainyard.config.keys import GROUPS, OVERLAYS, top_keys

    key = word.partition("=")[0].lstrip("+~")
    return key not in OF_DATA and (key == "config" or "." in key or key in (*GROUPS, *OVERLAYS, *top_keys()))


def check(values: dict[str, str], choices: Sequence[str]) -> dict[str, str]:
    """Return the arguments; raise ArgumentsError where they cannot go together."""
    faults = []
    if "model" in values and "run" in values:
        faults.append("run and model: one of them at a time")
    if "model" not in values and any(word.startswith("config=") for word in choices):
        faults.append("config: says which data a model=... is measured on; a run has a config of its own")
    parts = ("test", "val", "train", "all")
    if values.get("part", "all") not in parts:
        faults.append(f"part={values['part']}: must be {', '.join(parts[:-1])} or all")
    if "input" in values and any(word.startswith("dataset") for word in choices):
        faults.append("input and dataset: one of them at a time")
    if "input" in values and values.get("part", "all") != "all":
        faults.append(f"part={values['part']}: a file is evaluated as a whole; leave part out")
    if faults:
        raise ArgumentsError(faults)
    return values


def evaluate_run(
    run: "OpenedRun", values: Mapping[str, str], choices: Sequence[str], trust: tuple[str, ...], *, bare: bool
) -> int:
    """Evaluate the model of a run, or a bare one, and tell and keep what came out."""
    from trainyard.evaluation.evaluate import evaluate
    from trainyard.evaluation.files import write_evaluation
    from trainyard.evaluation.output import write_apart
    from trainyard.evaluation.subject import open_subject
    from trainyard.evaluation.text import evaluation_text
    from trainyard.files import numbers
    from trainyard.reports.text import plural

    subject = open_subject(run.folder, trust)
    config, rows, name, tested = choose(subject, run.folder, values, choices, trust, bare=bare)
    found = evaluate(subject, rows, values.get("by"))
    card = subject.packaged.card
    before = numbers(card["metrics"]) if tested else None
    for note in (*subject.notes, *rows.notes):
        print(f"note       {note}")
    print(f"data       {rows.origin}: {plural(len(rows.numbers), 'row')}\n")
    print(evaluation_text(found, subject.packaged.task, before, values.get("by")))
    own = not bare and run.remote is None
    subtitle = f"{name} · {run.folder.resolve().name if own else card['network']['name']}"

    def write(folder: Path) -> list[Path]:
        return write_evaluation(folder, found, subject.packaged, subtitle, values.get("by"))

    files: list[Path] = []
    if "output" in values:
        folder = Path(values["output"]).expanduser()
        files = write(folder)
        print(f"\nfolder     {folder}")
    elif own:
        folder, files = write_apart(run.folder / "evaluations" / name, write)
        if folder.name != name:
            print(f"\nnote       {name} has other results already, so that these are called {folder.name}")
        name = folder.name
        print(f"\nfolder     {folder}")
    if own:
        keep(run.folder, name, found, files, config)
    return 0


def choose(
    subject: "Subject", folder: Path, values: Mapping[str, str], choices: Sequence[str], trust: tuple[str, ...], *,
    bare: bool,
) -> "tuple[Config, Evaluated, str, bool]":  # fmt: skip
    """Return the config, the rows, what they are called, and whether they are those that tested the model."""
    from dataclasses import replace

    from trainyard.config.root import project_root
    from trainyard.evaluation.choose import dataset_rows, file_rows, own_rows
    from trainyard.evaluation.files import file_name
    from trainyard.verbs.choices import compose_over_run

    config = replace(compose_over_run("evaluate", None if bare else folder / "config.yaml", choices), trusted=trust)
    part = values.get("part")
    if "input" in values:
        return config, file_rows(subject, Path(values["input"])), _name(values, Path(values["input"]).stem), False
    if bare or any(word.startswith("dataset") for word in choices):
        check_target(subject, config, choices)
        rows = dataset_rows(subject, config, project_root(), part)
        return config, rows, _name(values, file_name(config.dataset.name)), False
    part = part or "test"
    rows = own_rows(subject, config, project_root(), part)
    return config, rows, _name(values, part), part == "test"


def check_target(subject: "Subject", config: "Config", choices: Sequence[str]) -> None:
    """Raise ConfigError where other targets are chosen than those that the model predicts."""
    from trainyard.config.nearest import listed

    chosen = any(word.partition("=")[0].lstrip("+") == "dataset.target" for word in choices)
    targets = getattr(config.dataset, "target", ())
    predicted = subject.packaged.targets
    if chosen and {*targets} != {*predicted}:
        raise ConfigError(f"dataset.target={','.join(targets)}: the model predicts {listed(predicted)}; leave "
                          "dataset.target out")  # fmt: skip


def _name(values: Mapping[str, str], otherwise: str) -> str:
    from trainyard.evaluation.files import file_name

    return file_name(values.get("name", otherwise))


def keep(folder: Path, name: str, found: "Evaluation", files: Sequence[Path], config: "Config") -> None:
    """Append the metrics and the files to the run, and let MLflow have them."""
    from trainyard.evaluation.record import append_to_run, bring_to_mlflow
    from trainyard.reports.run_files import read_run

    step = int(read_run(folder).metrics.get("trained/epochs", 0))
    append_to_run(folder, f"evaluation/{name}", found.metrics, step, files)
    problem = bring_to_mlflow(folder, config.tracking)
    if problem is not None:
        print(f"note       {problem}")
