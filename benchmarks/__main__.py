"""`python -m benchmarks [NAME ...] [--rounds N]`: measure, print the tables, keep them in benchmarks/results/."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

from benchmarks.harness import Measured, Result, save, tell

Section = Callable[[int], tuple[str, Measured, list[Result]]]
ROUNDS = {
    "training_long": 9, "numpy": 7, "wide": 5, "cnn": 5, "accuracy": 5, "memory_of_training": 3, "gpu": 7,
    "training": 9, "minibatches": 9, "metrics": 9, "lineage": 9, "hashing": 5, "light": 9, "first_step": 7,
    "command": 5, "sweep": 3, "listing": 9, "pipeline": 7,
    "scale": 1, "estimators": 7, "estimators_table": 5, "predicting": 15, "importing": 9,
    "loading": 9, "onnx_runtime": 9, "streaming": 1,
}  # fmt: skip


def section(name: str) -> Section:
    """Return the benchmark of a name, importing what it alone needs."""
    if name == "training":
        from benchmarks.training import run
    elif name == "training_long":
        from benchmarks.training import run_long as run
    elif name == "memory_of_training":
        from benchmarks.memory_of_training import run
    elif name == "gpu":
        from benchmarks.gpu import run
    elif name == "accuracy":
        from benchmarks.accuracy import run
    elif name in ("numpy", "wide", "cnn"):
        from benchmarks.engine import run, run_cnn, run_wide

        return {"numpy": run, "wide": run_wide, "cnn": run_cnn}[name]
    elif name == "minibatches":
        from benchmarks.minibatches import run
    elif name == "metrics":
        from benchmarks.metric_writing import run
    elif name in ("estimators", "estimators_table", "predicting", "importing"):
        from benchmarks.estimators import run_digits, run_importing, run_predicting, run_table

        return {
            "estimators": run_digits, "estimators_table": run_table, "predicting": run_predicting,
            "importing": run_importing,
        }[name]  # fmt: skip
    elif name == "lineage":
        from benchmarks.lineage import run
    elif name == "hashing":
        from benchmarks.lineage import run_hashing as run
    elif name == "scale":
        from benchmarks.scale import run
    elif name in ("loading", "onnx_runtime", "streaming"):
        from benchmarks.inference import run_loading, run_runtime, run_streaming

        return {"loading": run_loading, "onnx_runtime": run_runtime, "streaming": run_streaming}[name]
    elif name == "pipeline":
        from benchmarks.pipeline import run
    else:
        from benchmarks.commands import run_first_step, run_light, run_listing, run_whole

        return {
            "light": run_light,
            "first_step": run_first_step,
            "listing": run_listing,
            "command": lambda rounds: run_whole(rounds, sweep=False),
            "sweep": lambda rounds: run_whole(rounds, sweep=True),
        }[name]
    return run


def main() -> int:
    """Run the benchmarks that were named, all of them by default; exit code 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*ROUNDS, []], help="which ones; all unless named")
    parser.add_argument("--rounds", type=int, help="rounds of each, instead of its own number")
    options = parser.parse_args()
    sections, kept = {}, True
    for name in options.names or ROUNDS:
        title, measured, results = section(name)(options.rounds or ROUNDS[name])
        print(tell(title, measured, results) if measured else f"\n{title}", flush=True)
        sections[title] = measured, results
        kept &= all(result.met for result in results)
    save(Path(__file__).parent / "results" / "latest.json", sections)
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
