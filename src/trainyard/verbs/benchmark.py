"""`trainyard benchmark`: how fast NumPy, the CPU and a GPU train, and from which batch size a GPU pays."""

import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.config.duration import parse_duration
from trainyard.config.nearest import did_you_mean, listed, nearest
from trainyard.errors import ConfigError, TrainyardError
from trainyard.verbs.arguments import ArgumentsError, asks_for_help
from trainyard.verbs.choices import check_device, compose_choices, take_keys

if TYPE_CHECKING:
    from trainyard.benchmark.run import Asked, Benchmark
    from trainyard.config.schema.run import Config

HELP = """Measures how fast NumPy, scikit-learn, torch and Trainyard train here, on the CPU and a GPU if there is one.

  trainyard benchmark [quick] [key=value ...]
  trainyard benchmark [quick] [key=value ...] experiment=... | dataset=... network=... [group=option ...]

Without choices of a training it takes networks for images of 28 x 28 on simulated rows; with them the network, the
rows and the batch size that they stand for. Every engine trains by plain gradient descent, without dropout and
augmentation, and one that does not reach the losses of the others is not ranked. quick takes half a minute and
measures less.

  budget    time to take at most, such as 90s or 10m (10s or more; 5m; 30s with quick)
  sizes     rows in a batch, such as 1,60,1024 (1 to 16,384, or as many as the choices have rows to
            train; the batch size of the choices)
  engines   numpy, scikit-learn, torch, compiled, captured, trainyard (all)
  networks  784-500-10, 784-10, 784-512-256-128-10, cnn-8-16 (all; for simulated rows)
  output    the folder to write (a new one below .trainyard/benchmark unless given)
  tracking  local or server: the rows become a run in MLflow (off unless given)

Lines to paste
  trainyard benchmark
  trainyard benchmark quick
  trainyard benchmark networks=784-500-10 sizes=60 engines=numpy,torch,trainyard budget=1m
  trainyard benchmark experiment=digits network=cnn sizes=64,256"""
EXAMPLES = {
    "budget": "90s", "sizes": "60,1024", "engines": "numpy,torch", "networks": "784-10", "output": "measured",
}  # fmt: skip
OWN_KEYS = tuple(EXAMPLES)
QUICK = "quick"
LEAST_SECONDS = 10.0
SIMULATED = ("dataset=arrays", "dataset.path=simulated.npz", "model=classifier", "optimizer=sgd")


def main(argv: Sequence[str]) -> int:
    """Measure, print the table and the paragraph, and keep the files; return 1 where an engine computes wrongly."""
    if asks_for_help(argv):
        print(HELP)
        return 0
    quick, words = QUICK in argv, [word for word in argv if word != QUICK]
    own, choices = take_keys("benchmark", words, OWN_KEYS)
    check_words(choices)
    numbers = read_own(own, simulated=not of_training(choices), quick=quick)
    tracking = [word for word in choices if is_tracking(word)] or ["tracking=off"]
    chosen = of_training(choices)
    config = compose_choices("benchmark", [*(chosen or SIMULATED), *tracking])
    assert config is not None  # help is answered above
    from trainyard.benchmark.files import opened_output

    folder = Path(own["output"]).expanduser() if "output" in own else new_folder()
    with opened_output(folder):
        return tell(measure(asked(config, numbers, quick=quick, simulated=not chosen)), folder, config)


def is_tracking(word: str) -> bool:
    """Whether a choice says where runs are tracked, which is none of what is measured."""
    return word.lstrip("+").partition("=")[0].partition(".")[0] == "tracking"


def of_training(choices: Sequence[str]) -> list[str]:
    """Return the choices that say what is trained."""
    return [word for word in choices if not is_tracking(word)]


def check_words(choices: Sequence[str]) -> None:
    """Raise ArgumentsError for words that are no choices of a training, but nearly a key of this verb."""
    faults = []
    for word in choices:
        key, equals, _ = word.partition("=")
        if not equals and word in OWN_KEYS:
            faults.append(f"{word}: has no value; write {word}={EXAMPLES[word]}")
        elif not equals and not word.startswith("-"):
            hint = did_you_mean(word, [QUICK, *OWN_KEYS])
            faults.append(f"{word}: is neither quick nor key=value{hint}")
        elif equals and key.lstrip("+").partition(".")[0] not in known_keys() and (own := nearest(key, OWN_KEYS)):
            faults.append(f"{word}: no such key; did you mean {own}?")
    if faults:
        raise ArgumentsError(faults)


def known_keys() -> set[str]:
    """Return the first words of what a training takes."""
    from trainyard.config.keys import FIXED, FREE_GROUPS, GROUPS, OVERLAYS

    return {*GROUPS, *OVERLAYS, *FREE_GROUPS, *FIXED, "seed", "tags", "trusted", "note", "config", "trainer"}


def read_own(own: dict[str, str], *, simulated: bool, quick: bool) -> dict[str, object]:
    """Return budget, sizes, kinds and networks; raise ArgumentsError with all that is wrong with them."""
    from trainyard.benchmark.engines import NAMES
    from trainyard.benchmark.run import QUICK_SECONDS, SECONDS
    from trainyard.benchmark.workloads import LARGEST_SIZE, NETWORKS, ROWS

    faults: list[str] = []
    budget = QUICK_SECONDS if quick else SECONDS
    if "budget" in own:
        try:
            budget = parse_duration(own["budget"])
        except ValueError as error:
            faults.append(f"budget={own['budget']}: {error}")
        if not budget >= LEAST_SECONDS:
            faults.append(f"budget={own['budget']}: must be at least {LEAST_SECONDS:.0f}s")
    sizes, largest = [], ROWS if simulated else LARGEST_SIZE
    for text in own.get("sizes", "").split(",") if "sizes" in own else []:
        if text.strip().isdecimal() and 1 <= int(text) <= largest:
            sizes.append(int(text))
        else:
            faults.append(f"sizes={own['sizes']}: {text} is no whole number from 1 to {largest:,}")
    kinds = names_of("engines", own, tuple(NAMES), faults)
    networks = names_of("networks", own, tuple(NETWORKS), faults)
    if networks and not simulated:
        faults.append(f"networks={own['networks']}: is for simulated rows; the choices of a training name its network")
    if faults:
        raise ArgumentsError(faults)
    return {"budget": budget, "sizes": tuple(sorted(set(sizes))), "kinds": kinds, "networks": networks}


def names_of(key: str, own: dict[str, str], known: Sequence[str], faults: list[str]) -> tuple[str, ...]:
    """Return the names that a key lists; those that are none become faults."""
    names = [name.strip() for name in own.get(key, "").split(",") if name.strip()]
    for name in names:
        if name not in known:
            faults.append(f"{key}={own[key]}: {name} is none of {listed(known)}{did_you_mean(name, known)}")
    return tuple(name for name in known if name in names)


def asked(config: "Config", numbers: dict[str, object], *, quick: bool, simulated: bool) -> "Asked":
    """Return what is to be measured, the rows of an experiment prepared. Raises DataError."""
    from trainyard.benchmark.run import Asked

    if simulated:
        return Asked(config, None, quick=quick, **numbers)  # type: ignore[arg-type]
    from trainyard.config.root import project_root
    from trainyard.data.prepare import prepare
    from trainyard.training.run import target_transform_of, task_of

    if config.accelerator.precision == "64":
        raise ConfigError("accelerator.precision=64: the engines are compared in 32 bits and less; leave it out")
    check_device("benchmark", config.accelerator)
    prepared = prepare(
        config.dataset, task=task_of(config), double=False, root=project_root(),
        target_transform=target_transform_of(config), trusted=config.trusted,
    )  # fmt: skip
    return Asked(config, prepared, quick=quick, **numbers)  # type: ignore[arg-type]


def measure(asked: "Asked") -> "Benchmark":
    """Measure with a bar of the cases on stderr, where that is a terminal."""
    from tqdm import tqdm

    from trainyard.benchmark.run import run_benchmark
    from trainyard.training.phases import process_seconds

    with tqdm(unit="case", disable=not sys.stderr.isatty(), leave=False, dynamic_ncols=True) as bar:
        bar.set_description_str("starting the engines")
        begun: list[int] = []

        def begins(network: str, size: int, cases: int) -> None:
            bar.total = cases
            bar.update(len(begun) - bar.n)
            begun.append(size)
            bar.set_description_str(f"{network}, {size:,} rows a batch")

        return run_benchmark(replace(asked, spent=process_seconds()), begins)


def tell(found: "Benchmark", folder: Path, config: "Config") -> int:
    """Print what was found and keep it; return 1 where a row is wrong."""
    from trainyard.benchmark.table import table_lines
    from trainyard.benchmark.track import EXPERIMENT, track
    from trainyard.reports.text import labelled, pasted, wrapped

    lines = [*table_lines(found.rows), "", *wrapped(found.words), ""]
    if found.note:
        lines += [*labelled("note", found.note), ""]
    print("\n".join(lines), flush=True)
    try:
        files = found.keep(folder)
    except OSError as error:
        raise TrainyardError(f"{folder}: the files could not be written ({error.strerror}); all there is of this "
                             "benchmark is the table above.") from None  # fmt: skip
    for name, file in zip(("table", "all", "plot"), files, strict=True):
        print("\n".join(pasted(name, str(file))))
    if config.tracking.name != "off":
        problem = track(found, folder, files, config)
        print(f"note       {problem}" if problem else f"MLflow     experiment {EXPERIMENT}, run {folder.name}")
    return 1 if any(row.wrong for row in found.rows) else 0


def new_folder() -> Path:
    """Return a new folder for what a benchmark leaves, which is no run."""
    from trainyard.config.root import project_root

    name = f"{time.strftime('%Y-%m-%d_%H-%M-%S')}-{secrets.token_hex(3)}"
    return project_root() / ".trainyard" / "benchmark" / name
