"""The command line: picks a verb, runs it, and says what went wrong; imports nothing heavy."""

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from trainyard.errors import FaultsError, TrainyardError
from trainyard.tracking.rank import is_first_process
from trainyard.training.stop import interrupt_in_order

# verb -> (module with a main(argv) -> exit code, what it does)
VERBS = {
    "train": ("trainyard.verbs.train", "compose, train, test and track; python train.py is the same"),
    "find": ("trainyard.verbs.find", "find a learning rate or a batch size for a training"),
    "tune": ("trainyard.verbs.tune", "find what makes a training faster on this machine"),
    "benchmark": ("trainyard.verbs.benchmark", "measure what NumPy, the CPU and a GPU do here, and what a GPU buys"),
    "compose": ("trainyard.verbs.compose", "show the config of a training, or write it for a pipeline"),
    "acquire": ("trainyard.verbs.acquire", "write the raw rows of a dataset to a file"),
    "prepare": ("trainyard.verbs.prepare", "prepare the data of a training and show what is in them"),
    "reproduce": ("trainyard.verbs.reproduce", "run a run again and compare what comes out, to the bit"),
    "evaluate": ("trainyard.verbs.evaluate", "measure a trained model on its test rows or on other data"),
    "predict": ("trainyard.verbs.predict", "write what a trained model predicts for the rows of a table"),
    "serve": ("trainyard.verbs.serve", "answer requests over HTTP with a trained model"),
    "register": ("trainyard.verbs.register", "give the model of a run a name and an alias in MLflow's registry"),
    "runs": ("trainyard.verbs.runs", "list runs and sweeps, from their folders"),
    "export": ("trainyard.verbs.export", "write a trained model for others to run: ONNX, torch.export, the package"),
    "explain": ("trainyard.verbs.explain", "tell what a trained model goes by"),
    "report": ("trainyard.verbs.report", "draw the plots of a run again"),
    "lineage": ("trainyard.verbs.lineage", "tell where a run came from, or which runs used some data"),
    "diff": ("trainyard.verbs.diff", "tell what sets two runs apart"),
    "sync": ("trainyard.verbs.sync", "copy into MLflow what runs wrote while it was away"),
    "clean": ("trainyard.verbs.clean", "remove prepared data from the cache"),
}
# verbs that say themselves when Ctrl-C has something to clean up
COMPOSING = ("train", "compose", "acquire", "prepare", "find", "tune", "benchmark")
HELP = ("", "-h", "--help", "help")


def run_command(argv: Sequence[str]) -> int:
    """Run `trainyard <verb> ...` and return its exit code."""
    word = argv[0] if argv else ""
    if word in HELP:
        print(_overview())
        return 0
    if word == "--version":
        print(_version())
        return 0
    if word in ("-sc", "--shell-completion"):
        return _complete(argv)
    if word not in VERBS:
        return _unknown_verb(argv)
    return run_verb(word, argv[1:])


def run_verb(verb: str, argv: Sequence[str]) -> int:
    """Run one verb and return its exit code: 2 for what the user can mend, 1 for what failed, 130 for Ctrl-C."""
    main: Callable[[Sequence[str]], int] = importlib.import_module(VERBS[verb][0]).main
    if verb not in COMPOSING:
        interrupt_in_order()
    try:
        return main(argv)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001  # this is where every error is told
        return report_error(error)


def report_error(error: Exception) -> int:
    """Say what went wrong on stderr and return the exit code; HYDRA_FULL_ERROR=1 adds the traceback."""
    if os.environ.get("HYDRA_FULL_ERROR") == "1" or not isinstance(error, TrainyardError):
        _tell("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, FaultsError):
        if is_first_process():
            _tell(_listing(error))
    elif isinstance(error, TrainyardError):
        _tell(f"trainyard: {error}")
    else:
        _tell(f"trainyard: failed unexpectedly: {type(error).__name__}: {error}")
    return error.exit_code if isinstance(error, TrainyardError) else 1


def _tell(text: str) -> None:
    from trainyard.config.secrets import mask_text

    print(mask_text(text), file=sys.stderr)


def _listing(error: FaultsError) -> str:
    number = len(error.faults)
    what = "1 mistake" if number == 1 else f"{number} mistakes"
    lines = [f"  {line}" for fault in error.faults for line in fault.splitlines()]
    return "\n".join([f"trainyard: {what} in the {error.stage}", *lines])


def _overview() -> str:
    verbs = "\n".join(f"  {name:<9} {meaning}" for name, (_, meaning) in VERBS.items())
    return f"""Composes trainings from choices, runs them, tracks them, and keeps what they leave behind.

  trainyard <verb> [key=value ...]

{verbs}

Lines to paste
  trainyard train                                     handwritten digits, on what this machine has
  trainyard train dataset=csv dataset.path=houses.csv dataset.target=price
  trainyard train --help                              everything there is to choose
  trainyard report run=latest"""


def _version() -> str:
    from importlib.metadata import version

    return f"trainyard {version('trainyard')} (Hydra {version('hydra-core')})"


def _unknown_verb(argv: Sequence[str]) -> int:
    from trainyard.config.nearest import did_you_mean

    word = argv[0]
    hint = f"; did you mean trainyard train {' '.join(argv)}?" if "=" in word else did_you_mean(word, VERBS)
    print(f"trainyard: {word}: no such verb{hint}\n  There are {', '.join(VERBS)}.", file=sys.stderr)
    return 2


def _complete(argv: Sequence[str]) -> int:
    """Complete `trainyard train ...` as Hydra completes `python train.py ...`; the verb itself before that."""
    words = os.environ.get("COMP_LINE", "").split(" ")
    if any(word.startswith("query=") for word in argv):
        if len(words) < 3 or words[1] != "train":
            print(" ".join(VERBS))
            return 0
        os.environ["COMP_LINE"] = " ".join([words[0], *words[2:]])
    return run_verb("train", argv)
