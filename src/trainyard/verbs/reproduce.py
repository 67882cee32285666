"""`trainyard reproduce run=...`: run a run again from what it left behind, and compare everything that came out."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help, flag
from trainyard.verbs.tracked import RUN, TRACKING_KEYS, tracking_of

if TYPE_CHECKING:
    from trainyard.config.schema.run import Tracking
    from trainyard.reproduction.comparison import Comparison
    from trainyard.reproduction.original import Original

VERB = Verb(
    "reproduce",
    "Runs a run again: its code, its data, its config and its seeds; then compares every final metric and the weights.",
    {
        "run": f"{RUN} (latest unless given)",
        "strict": "true refuses to run where Python, packages or the machine differ",
        "tolerance": "relative difference of a metric that is allowed where they differ (0.01 unless given)",
        **TRACKING_KEYS,
    },
    ("", "run=3f15b1", "run=latest --strict", "run=latest tolerance=0.001 tracking=off"),
)
TOLERANCE = 0.01


def main(argv: Sequence[str]) -> int:
    """Reproduce a run: 0 where it gave the same, 1 where it did not, 2 where something is missing for it."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(["strict=true" if word == "--strict" else word for word in argv])
    strict, tolerance = flag(values, "strict"), read_tolerance(values.get("tolerance"))
    from trainyard.config.root import project_root

    tracking, root = tracking_of(values)(), project_root()
    from trainyard.reproduction.original import open_original

    with open_original(values.get("run", "latest"), root, tracking) as original:
        return reproduce(original, root, tracking, strict=strict, tolerance=tolerance)


def reproduce(original: "Original", root: Path, tracking: "Tracking", *, strict: bool, tolerance: float) -> int:
    """Run the original again, say what came out, mark both runs, and return the exit code."""
    from trainyard.config.root import code_root
    from trainyard.lineage.environment import read_environment
    from trainyard.reports.run_files import read_run
    from trainyard.reproduction.comparison import compare, environment_differences
    from trainyard.reproduction.mark import mark
    from trainyard.reproduction.rerun import rerun
    from trainyard.reproduction.workspace import MissingError, check_record, open_workspace

    check_record(original.files)
    changed = environment_differences(
        original.files.lineage.get("environment", {}), read_environment(root / ".trainyard")
    )
    if changed and strict:
        raise MissingError([f"{sentence}." for sentence in changed])
    for sentence in changed:
        print(f"warning    {sentence}", flush=True)
    with open_workspace(original.files, root, code_root()) as workspace:
        print(f"reproducing {original.name} ({original.id[:12]}) in {workspace.folder}\n", flush=True)
        folder = rerun(original, workspace, root, tracking)
    comparison = compare(original.files, read_run(folder), tolerance)
    verdict = tell(comparison, tolerance if changed else None)
    mark(original, folder, verdict, root, tracking)
    return 0 if comparison.identical or (changed and comparison.close) else 1


def read_tolerance(text: str | None) -> float:
    """Return the tolerance as a number; raise ArgumentsError where it is none."""
    try:
        value = TOLERANCE if text is None else float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise ArgumentsError(f"tolerance={text}: must be a number from 0 up to 1, such as 0.01")
    return value


def tell(comparison: "Comparison", tolerance: float | None) -> str:
    """Print what came out and return it in a word; a tolerance applies only where the environment differs."""
    from trainyard.reports.text import number, table

    if comparison.identical:
        weights = "all weights" if comparison.same_weights else "no weights, as those of the original are gone"
        print(f"\nbit-identical: {comparison.compared} final metrics and {weights}")
        return "bit-identical"
    if comparison.differences:
        rows: list[Sequence[str]] = [("metric", "original", "again", "difference", "")]
        for each in comparison.differences:
            change = None if each.original is None or each.again is None else each.again - each.original
            shown = ["-" if value is None else number(value) for value in (each.original, each.again, change)]
            note = "" if tolerance is None else "within tolerance" if each.within else "beyond tolerance"
            rows.append((each.name, *shown, note))
        print("\n" + "\n".join(table(rows, right=(1, 2, 3))))
    if comparison.same_weights is False:
        print("\nThe weights differ.")
    if tolerance is not None and comparison.close:
        print(f"\nreproduced within {tolerance:g}: the environment differs, and no metric by more than that")
        return "within tolerance"
    print("\nnot reproduced", file=sys.stderr)
    return "differs"
