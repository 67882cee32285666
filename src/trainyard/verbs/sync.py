"""`trainyard sync`: copy into MLflow what runs wrote to their journals while it was away."""

import sys
from collections.abc import Sequence

from trainyard.verbs.arguments import Verb, asks_for_help

VERB = Verb(
    "sync",
    "Copies into MLflow what runs wrote to their journals while it was away; nothing is written twice.",
    {
        "run": "latest, a run's folder, or the id at the end of its name (all runs unless given)",
        "tracking": "local or server (as for a training)",
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
    tracking = compose([f"{key}={value}" for key, value in values.items() if key != "run"]).tracking
    folder = find_run(values["run"], root) if "run" in values else None
    from trainyard.tracking.sync import sync

    synced = sync(root, tracking, folder)
    for problem in synced.problems:
        print(f"trainyard: {problem}", file=sys.stderr)
    running = f", {synced.running} still running" if synced.running else ""
    print(f"{synced.written} written, {synced.unchanged} had nothing new{running}")
    return 1 if synced.problems else 0
