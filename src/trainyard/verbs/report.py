"""`trainyard report run=latest`: draw plots and report of a run or sweep again from what its folder holds."""

from collections.abc import Sequence

from trainyard.verbs.arguments import Verb, asks_for_help
from trainyard.verbs.tracked import RUN, TRACKING_KEYS, tracking_of

VERB = Verb(
    "report",
    "Draws the plots and the report of a run or sweep again from what its folder holds.",
    {"run": f"{RUN} (latest unless given)", **TRACKING_KEYS},
    ("run=latest", "run=3f15b1"),
)


def main(argv: Sequence[str]) -> int:
    """Draw the plots and the report of a run or sweep, and print where they are."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(argv)
    from trainyard.config.root import project_root
    from trainyard.errors import ConfigError
    from trainyard.reports.draw import draw
    from trainyard.tracking.open_run import open_run

    name = values.get("run", "latest")
    with open_run(name, project_root(), tracking_of(values)) as run:
        if run.remote is not None:
            raise ConfigError(f"run={name}: its folder is not here, where plots would go; MLflow has those it had")
        for plot in draw(run.folder):
            print(plot)
    return 0
