"""`trainyard report run=latest`: draw the plots of a run again from what its folder holds."""

from collections.abc import Sequence

from trainyard.verbs.arguments import Verb, asks_for_help

VERB = Verb(
    "report",
    "Draws the plots of a run again from what its folder holds.",
    {"run": "latest, a run's folder, or the id at the end of its name (latest unless given)"},
    ("run=latest", "run=3f15b1"),
)


def main(argv: Sequence[str]) -> int:
    """Draw the plots of a run and print where they are."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(argv)
    from trainyard.config.root import project_root
    from trainyard.config.runs import find_run
    from trainyard.reports.draw import draw

    for plot in draw(find_run(values.get("run", "latest"), project_root())):
        print(plot)
    return 0
