"""The mirror: a process of its own that writes journals into MLflow.

`python -m trainyard.tracking.mirror follow FOLDER` goes with a run or sweep until it has ended and MLflow has all of
it; `catch-up [FOLDER ...]` writes what is there and goes. The address of MLflow comes in MLFLOW_TRACKING_URI. A
training never waits for it, and it never holds a training up: it gives up when MLflow stays away.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from trainyard.errors import TrainyardError
from trainyard.tracking import pending
from trainyard.tracking.follower import Follower
from trainyard.tracking.logged_model import ModelFiles
from trainyard.tracking.reading import alive, first_record
from trainyard.tracking.refusal import reason
from trainyard.tracking.spawn import DONE, GAVE_UP, REFUSED
from trainyard.tracking.store import Store
from trainyard.tracking.target import Target, target

POLL_SECONDS = 0.05
PACE_SECONDS = 1.0  # between two writes of metrics while a run goes on
LONGEST_WAIT = 30.0  # s between two tries while the run goes on
LEFT_BEHIND_SECONDS = 3600.0  # a mirror whose run is over ends by then, come what may


def main(arguments: list[str] | None = None) -> int:
    """Run the mirror and return its exit code."""
    options = _parser().parse_args(arguments)
    os.nice(10)
    goal = target(os.environ["MLFLOW_TRACKING_URI"], options.root)
    store, files = Store(goal), ModelFiles()
    if options.mode == "follow":
        _outlive(options.folders[0])
        with suppress(Exception):  # what is wrong shows again, and is told, when there is something to write
            store.warm_up()
            files.warm_up()
        code = follow(options.folders[0], store, files, options.patience, options.watch)
    else:
        folders = options.folders or (Path(line.rstrip("\n")) for line in sys.stdin)
        with os.fdopen(os.dup(1), "w") as answers:
            os.dup2(2, 1)  # whatever else is printed is no answer
            code = catch_up(folders, store, files, options.patience, answers)
    files.close()
    if code == DONE and options.log is not None:
        options.log.unlink(missing_ok=True)
    return code


def _outlive(folder: Path) -> None:
    """Let the training in `folder` speak its last words: a job that is ended sends its signals to all its processes."""

    def on_terminate(*_: object) -> None:
        if not alive(folder):
            os._exit(GAVE_UP)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, on_terminate)


def follow(folder: Path, store: Store, files: ModelFiles, patience: float, watch: float | None = None) -> int:
    """Go with the run or sweep in `folder`, which may not have begun yet, to its end.

    With `watch`, look every so many seconds at what it uses of this machine.
    """
    goal = store.target
    while first_record(folder) is None:
        note = pending.find(goal.root, folder, goal.name)
        if note is None:
            return DONE
        if not note.starter_runs:
            pending.abandon(goal.root, folder, goal.name)
            return DONE
        time.sleep(POLL_SECONDS)
    delivered = threading.Event()
    threading.Thread(target=_end_some_time, args=(folder, delivered), daemon=True).start()
    try:
        return _to_the_end(Follower(folder, store, files, PACE_SECONDS, watch), goal, patience, wait=True)[0]
    finally:
        delivered.set()


def catch_up(folders: Iterable[Path], store: Store, files: ModelFiles, patience: float, answers: IO[str]) -> int:
    """Write what the journals of `folders` hold, one after the other, and answer each with a line of JSON."""
    worst = DONE
    for folder in folders:
        follower = Follower(folder, store, files)
        code, problem = _to_the_end(follower, store.target, patience, wait=False)
        report = {
            "folder": str(folder), "code": code, "records": follower.written, "complete": follower.ended,
            "busy": follower.busy, "problem": problem or follower.own.progress.problem,
        }  # fmt: skip
        print(json.dumps(report), file=answers, flush=True)
        worst = max(worst, code)
        if code == GAVE_UP:
            break
    return worst


def _to_the_end(follower: Follower, goal: Target, patience: float, *, wait: bool) -> tuple[int, str | None]:
    """Step until MLflow has everything, without `wait` until it has what is there; return exit code and problem."""
    last_success, failures = time.monotonic(), 0
    while True:
        try:
            if follower.step() or not wait:
                follower.release()
                if follower.ended:
                    pending.unmark(goal.root, follower.folder, goal.name)
                return DONE, None
            last_success, failures = time.monotonic(), 0
            time.sleep(POLL_SECONDS)
        except TrainyardError as error:
            return REFUSED, _give_up(follower, goal, str(error))
        except Exception as error:  # noqa: BLE001  whatever MLflow and its network may raise
            failures += 1
            living = wait and alive(follower.folder)
            if not living and time.monotonic() - last_success > patience:
                return GAVE_UP, _give_up(follower, goal, f"{goal.name} could not be written: {reason(error)}")
            print(goal.hide(f"{type(error).__name__}: {error}"), flush=True)
            last_success = time.monotonic() if living else last_success
            _pause(min(2.0**failures / 2, LONGEST_WAIT if living else patience / 4), follower.folder, living=living)


def _give_up(follower: Follower, goal: Target, problem: str) -> str:
    problem = goal.hide(problem)
    print(problem, flush=True)
    follower.release(problem)
    pending.give_up(goal.root, follower.folder, goal.name)
    return problem


def _pause(seconds: float, folder: Path, *, living: bool) -> None:
    """Wait before the next try, but not longer than the run goes on."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and (not living or alive(folder)):
        time.sleep(POLL_SECONDS)


def _end_some_time(folder: Path, delivered: threading.Event) -> None:
    """End this process when its run is over for too long, wherever its work hangs."""
    over_since = None
    while not delivered.wait(1.0):
        over_since = None if alive(folder) else over_since or time.monotonic()
        if over_since is not None and time.monotonic() - over_since >= LEFT_BEHIND_SECONDS:
            print("Left behind for too long.", flush=True)
            os._exit(GAVE_UP)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainyard.tracking.mirror", description="Writes runs into MLflow.")
    parser.add_argument("mode", choices=("follow", "catch-up"))
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--patience", type=float, default=60.0, help="seconds without MLflow after which it gives up")
    parser.add_argument("--watch", type=float, help="seconds between two samples of processor, memory, disk and GPU")
    parser.add_argument("--log", type=Path)
    return parser


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # a second of unloading what MLflow has imported would be waited for
