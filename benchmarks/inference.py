"""Inference: a trained model in a fresh process, beside ONNX Runtime on its export, and over files of any size."""

import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from pyarrow import csv, parquet

from benchmarks.commands import TRAIN, command
from benchmarks.harness import Claim, Measured, Result, alternate, judge
from benchmarks.memory import MARK, watch
from trainyard.export.formats import feed, write_onnx
from trainyard.export.raw_inputs import raw_inputs
from trainyard.inference import Model, load

ROWS = 50_000
FEW, MANY, PIECE = 100_000, 10_000_000, 100_000
MODELS = {"mixed table": ["dataset=csv", "dataset.path=rows.csv", "dataset.target=label"], "digits": []}
FASTER = {"mixed table": 1.0, "digits": 0.6}  # than ONNX Runtime; of images nearly all is the same two products
QUICK = ["training.max_epochs=2", "tracking=off", "training.progress=false"]
ONE = ("import sys, trainyard; model = trainyard.load(sys.argv[1]); "
       "model.predict([model.card['example'][0]])")  # fmt: skip


def table(rows: int, seed: int = 0) -> pa.Table:
    """Return rows of three numbers, a whole number, two categories and a flag, of which some are missing."""
    rng = np.random.default_rng(seed)
    holes = rng.random((3, rows)) < 0.05
    numbers = {f"number_{place}": np.where(hole, np.nan, rng.normal(size=rows)) for place, hole in enumerate(holes)}
    town = pa.array([f"town {place}" for place in range(200)]).take(pa.array(rng.integers(0, 200, rows)))
    color = pa.array(["red", "green", "blue", None]).take(pa.array(rng.integers(0, 4, rows)))
    columns = {**{name: pa.array(values, from_pandas=True) for name, values in numbers.items()},
               "count": rng.integers(0, 1000, rows), "town": town, "color": color,
               "flag": rng.random(rows) < 0.3}  # fmt: skip
    label = np.where(np.nan_to_num(numbers["number_0"]) + rng.normal(size=rows) > 0, "yes", "no")
    return pa.table({**columns, "label": label})


@contextmanager
def trained() -> Iterator[tuple[Path, Mapping[str, Path]]]:
    """Give a folder and, by what they predict, the runs in it: a small network each, as the command trains it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        csv.write_csv(table(20_000), folder / "rows.csv")
        runs = {}
        for what, choices in MODELS.items():
            command([*TRAIN, *choices, *QUICK], folder)()
            runs[what] = (folder / "runs" / "latest").resolve()
        yield folder, runs


def run_loading(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure processes that load a model and predict a row, by the processor time that they take."""
    with trained() as (_, runs):
        sides = {"import torch": ["import torch"], **{what: [ONE, str(folder)] for what, folder in runs.items()}}
        timed = {what: lambda words=words: _processor_time(words) for what, words in sides.items()}
        measured = alternate(timed, rounds)
    claims = [Claim(f"load and predict a row, {what} / import torch", what, "import torch", 1.2, cost=True)
              for what in runs]  # fmt: skip
    return "Loading a model and predicting one row, in a fresh process", measured, judge(claims, measured)


def _processor_time(words: list[str]) -> float:
    process = subprocess.Popen([sys.executable, "-c", *words])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{words} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def run_runtime(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure predictions by the package and by ONNX Runtime, from the same raw columns, on one thread, by its time."""
    torch.set_num_threads(1)
    with trained() as (folder, runs):
        sides = {}
        for what, run in runs.items():
            model = load(run)
            rows = table(ROWS, 1) if what == "mixed table" else np.random.default_rng(1).integers(0, 17, (ROWS, 8, 8))
            sides[f"trainyard, {what}"] = _timed(model.predict_columns, rows)
            sides[f"ONNX Runtime, {what}"] = _onnx(model, run, folder, rows)
        measured = alternate(sides, rounds)
    claims = [Claim(f"predict, {what} / ONNX Runtime", f"trainyard, {what}", f"ONNX Runtime, {what}", bound)
              for what, bound in FASTER.items()]  # fmt: skip
    return f"Predicting {ROWS:,} raw rows", measured, judge(claims, measured)


def _onnx(model: Model, run: Path, folder: Path, rows: object) -> Callable[[], float]:
    import onnxruntime

    write_onnx(model, run, folder, ())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
    inputs = raw_inputs(model, texts=True, form="onnx")
    return _timed(lambda given: session.run(None, feed(model, inputs, given)), rows)


def _timed(call: Callable[[Any], object], rows: object) -> Callable[[], float]:
    """Return a side that tells the processor time of a call."""

    def run() -> float:
        started = time.process_time()
        call(rows)
        return time.process_time() - started

    return run


def run_streaming(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure the peak of `trainyard predict` over few and over many rows, in GiB, and the seconds a million takes."""
    with trained() as (folder, runs):
        peaks: dict[str, list[float]] = {}
        for ending in ("csv", "parquet"):
            for rows in (FEW, MANY):
                path = _write(folder / f"many.{ending}", rows)
                found = [_predict(runs["mixed table"], path) for _ in range(rounds)]
                peaks[f"{ending}, {rows:,} rows"] = [peak for peak, _ in found]
                peaks[f"{ending}, {rows:,} rows: seconds"] = [seconds for _, seconds in found]
                path.unlink()
    claims = [Claim(f"memory, {ending}: {MANY:,} rows / {FEW:,} rows", f"{ending}, {MANY:,} rows",
                    f"{ending}, {FEW:,} rows", 1.25, cost=True) for ending in ("csv", "parquet")]  # fmt: skip
    return "trainyard predict over a file, in GiB (times 1000) and seconds", peaks, judge(claims, peaks)


def _write(path: Path, rows: int) -> Path:
    """Write rows, a piece at a time."""
    piece = table(min(rows, PIECE)).drop_columns(["label"])
    opened = csv.CSVWriter if path.suffix == ".csv" else parquet.ParquetWriter
    with opened(path, piece.schema) as writer:
        for _ in range(rows // len(piece)):
            writer.write_table(piece)
    return path


def _predict(run: Path, path: Path) -> tuple[float, float]:
    """Return the peak in GiB, over all processes, and the seconds of predicting the rows of a file."""
    mark, output = uuid.uuid4().hex, path.with_name(f"predictions{path.suffix}")
    words = [sys.executable, "-m", "trainyard", "predict", f"run={run}", f"input={path}", f"output={output}"]
    peak, ended = [0.0], threading.Event()
    watcher = threading.Thread(target=watch, args=(mark, peak, ended))
    watcher.start()
    started = time.perf_counter()
    done = subprocess.run(words, env={**os.environ, MARK: mark}, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    ended.set()
    watcher.join()
    output.unlink(missing_ok=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return peak[0], seconds
