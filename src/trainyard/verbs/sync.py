"""`trainyard sync`: copy into MLflow what runs wrote to their journals while it was away."""

import os
import sys
from collections.abc import Sequence

from trainyard.verbs.arguments import Verb, asks_for_help, flag

VERB = Verb(
    "sync",
    "Copies into MLflow what runs wrote to their journals while it was away; nothing is written twice.\n"
    "Each run goes to the MLflow that it was tracked with.",
    {
        "run": "latest, a run's folder, or the id at the end of its name (all tracked runs unless given)",
        "untracked": "true brings the runs of tracking=off as well (false unless given)",
        "tracking": "local or server: brings the runs there instead (as for a training)",
        "tracking.uri": "address of the server, for tracking=server; else MLFLOW_TRACKING_URI",
    },
    ("", "run=latest", "tracking=server tracking.uri=http://localhost:5000"),
)


def main(argv: Sequence[str]) -> int:
    """Bring the runs into MLflow and print a line for each; return 1 where something could not be written."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(argv)
    from trainyard.config.compose import compose
    from trainyard.config.root import project_root
    from trainyard.config.runs import find_run

    root = project_root()
    untracked = flag(values, "untracked")
    values.pop("untracked", None)
    folder = find_run(values.pop("run"), root) if "run" in values else None
    tracking = compose([f"{key}={value}" for key, value in values.items()]).tracking
    from trainyard.tracking.sync import sync

    named = bool(values or os.environ.get("MLFLOW_TRACKING_URI"))
    synced = sync(root, tracking, folder, named=named, moves=bool(values), untracked=untracked)
    for problem in synced.problems:
        print(f"trainyard: {problem}", file=sys.stderr)
    running = f", {synced.running} still under way" if synced.running else ""
    print(f"{synced.written} written, {synced.unchanged} had nothing new{running}")
    if synced.untracked:
        runs = "1 run was" if synced.untracked == 1 else f"{synced.untracked} runs were"
        print(f"{runs} never tracked (tracking=off): trainyard sync run=<id> brings one, untracked=true all of them")
    return 1 if synced.problems else 0
