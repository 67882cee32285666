"""`trainyard diff A B`: two runs side by side, only what differs."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help, flag
from trainyard.verbs.tracked import RUN, TRACKING_KEYS, tracking_of

VERB = Verb(
    "diff",
    "Tells what sets two runs apart: config, data, code, environment, seeds, model and metrics.",
    {"a": f"{RUN}; a= may be left out", "b": "the other one; b= may be left out", "json": "true prints JSON",
     **TRACKING_KEYS},
    ("3f15b1 latest", "a=3f15b1 b=latest", "runs/iris/2026-01-02_10-00-00-0a1b2c/0-seed=1 latest json=true"),
)


def main(argv: Sequence[str]) -> int:
    """Print what differs between two runs."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(named(argv))
    as_json = flag(values, "json")
    missing = [f"{side}: which run? Write trainyard diff A B, or {side}=<run>" for side in "ab" if side not in values]
    if missing:
        raise ArgumentsError(missing)
    from trainyard.config.root import code_root, project_root
    from trainyard.errors import ConfigError
    from trainyard.files import json_text
    from trainyard.reports.difference import difference
    from trainyard.reports.difference_text import difference_text
    from trainyard.reports.run_files import RunFiles, read_run
    from trainyard.tracking.open_run import open_run

    runs: list[RunFiles] = []
    faults: list[str] = []
    with ExitStack() as opened:
        for side in "ab":
            try:
                run = opened.enter_context(open_run(values[side], project_root(), tracking_of(values), side))
                runs.append(read_run(run.folder, side))
            except ConfigError as error:
                faults += error.faults
        if faults:
            raise ArgumentsError(faults)
        found = difference(runs[0], runs[1], code_root())
    print(json_text(found).rstrip() if as_json else difference_text(found))
    return 0


def named(argv: Sequence[str]) -> list[str]:
    """Return the arguments with a= and b= before the words that stand alone, in their order.

    A word stands alone that has no =, or is a folder (a member of a sweep is called 0-seed=1), or has a / before the =.
    """
    free = [side for side in "ab" if not any(word.startswith(f"{side}=") for word in argv)]
    words = []
    for word in argv:
        before, equals, _ = word.partition("=")
        alone = not word.startswith("-") and (not equals or "/" in before or Path(word).is_dir())
        if alone and not free:
            raise ArgumentsError(f"{word}: two runs are compared, and there are two already")
        words.append(f"{free.pop(0)}={word}" if alone else word)
    return words
