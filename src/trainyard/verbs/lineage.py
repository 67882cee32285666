"""`trainyard lineage run=latest`: where a run came from; `trainyard lineage data=...`: which runs used some bytes."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help, flag
from trainyard.verbs.tracked import RUN, TRACKING_KEYS, tracking_of

VERB = Verb(
    "lineage",
    "Tells where a run came from: code, data, config, environment, seeds; or which runs used some data.",
    {
        "run": f"{RUN} (latest unless given)",
        "data": "a file, a folder, or the beginning of a digest: lists the runs that read these bytes",
        "packages": "all lists every package with its version, not only those that matter most",
        "verify": "true reads the data anew, whatever is remembered of them, and tells whether they are still the same",
        "json": "true prints JSON",
        **TRACKING_KEYS,
    },
    ("run=latest", "run=3f15b1 packages=all", "data=data/houses.csv", "data=9a0364b9e99b", "run=latest json=true"),
)
DIGEST = re.compile(r"[0-9a-f]{6,32}(\.dir)?")


def main(argv: Sequence[str]) -> int:
    """Print the lineage of a run, or the runs that read some data."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(argv)
    as_json, verify = flag(values, "json"), flag(values, "verify")
    faults = [f"packages={values['packages']}: is all or not given"] if values.get("packages", "all") != "all" else []
    if "run" in values and "data" in values:
        faults.append("run and data: one of them at a time")
    if faults:
        raise ArgumentsError(faults)
    if "data" in values:
        return tell_uses(values["data"], as_json=as_json, verify=verify)
    return tell_run(values, as_json=as_json, verify=verify, all_packages="packages" in values)


def tell_run(values: Mapping[str, str], *, as_json: bool, verify: bool, all_packages: bool) -> int:
    """Print where a run came from."""
    from trainyard.config.root import code_root, project_root
    from trainyard.reports.provenance import provenance
    from trainyard.reports.provenance_text import provenance_text
    from trainyard.reports.run_files import read_run
    from trainyard.tracking.open_run import open_run

    with open_run(values.get("run", "latest"), project_root(), tracking_of(values)) as run:
        facts = provenance(read_run(run.folder), code_root(), verify=verify)
    print(json.dumps(facts, indent=2) if as_json else provenance_text(facts, all_packages=all_packages))
    return 0


def tell_uses(data: str, *, as_json: bool, verify: bool) -> int:
    """Print the runs that read a file, a folder or what has a digest."""
    from trainyard.config.root import project_root
    from trainyard.reports.uses import runs_of, uses, uses_text

    root = project_root()
    digest = digest_of(data, None if verify else root / ".trainyard" / "digests")
    found = uses(runs_of(digest, root), root)
    print(json.dumps({"digest": digest, "runs": found}, indent=2) if as_json else uses_text(digest, found))
    return 0


def digest_of(data: str, memory: Path | None) -> str:
    """Return the digest that is meant: that of a file or folder, or the one that was typed; raise ArgumentsError."""
    from trainyard.lineage.folder import path_md5

    path = Path(data).expanduser()
    if path.exists():
        return path_md5(path, memory)
    if DIGEST.fullmatch(data):
        return data
    from trainyard.config.nearest import did_you_mean

    names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    hint = did_you_mean(path.name, names)
    raise ArgumentsError(f"data={data}: no such file or folder, nor a digest (6 to 32 hexadecimal digits){hint}")
