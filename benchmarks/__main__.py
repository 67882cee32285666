"""`python -m benchmarks [NAME ...] [--rounds N]`: measure, print the tables, keep them in benchmarks/results/."""

import argparse
import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

os.environ["OMP_NUM_THREADS"] = "1"

from benchmarks.harness import Measured, Result, save, tell

Section = Callable[[int], tuple[str, Measured, list[Result]]]
SECTIONS = {  # name -> module, function, rounds
    "training": ("training", "run", 9),
    "training_long": ("training", "run_long", 9),
    "numpy": ("engine", "run", 7),
    "wide": ("engine", "run_wide", 5),
    "cnn": ("engine", "run_cnn", 5),
    "accuracy": ("accuracy", "run", 5),
    "memory_of_training": ("memory_of_training", "run", 3),
    "gpu": ("gpu", "run", 7),
    "minibatches": ("minibatches", "run", 9),
    "metrics": ("metric_writing", "run", 9),
    "lineage": ("lineage", "run", 9),
    "hashing": ("lineage", "run_hashing", 5),
    "light": ("commands", "run_light", 9),
    "first_step": ("commands", "run_first_step", 7),
    "command": ("commands", "run_command", 5),
    "sweep": ("commands", "run_sweep", 3),
    "listing": ("commands", "run_listing", 9),
    "pipeline": ("pipeline", "run", 7),
    "scale": ("scale", "run", 1),
    "estimators": ("estimators", "run_digits", 7),
    "estimators_table": ("estimators", "run_table", 5),
    "predicting": ("estimators", "run_predicting", 15),
    "importing": ("estimators", "run_importing", 9),
    "loading": ("inference", "run_loading", 9),
    "onnx_runtime": ("inference", "run_runtime", 9),
    "streaming": ("inference", "run_streaming", 1),
}


def section(name: str) -> Section:
    """Return the benchmark of a name, importing what it alone needs."""
    module, function, _rounds = SECTIONS[name]
    return cast(Section, getattr(importlib.import_module(f"benchmarks.{module}"), function))


def main() -> int:
    """Run the benchmarks that were named, all of them by default; exit code 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*SECTIONS, []], help="which ones; all unless named")
    parser.add_argument("--rounds", type=int, help="rounds of each, instead of its own number")
    options = parser.parse_args()
    sections, kept = {}, True
    for name in options.names or SECTIONS:
        title, measured, results = section(name)(options.rounds or SECTIONS[name][2])
        print(tell(title, measured, results) if measured else f"\n{title}", flush=True)
        sections[title] = measured, results
        kept &= all(result.met for result in results)
    save(Path(__file__).parent / "results" / "latest.json", sections)
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
