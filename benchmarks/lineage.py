"""What it costs to know where a run came from: all of its lineage, and the digest of a folder."""

import hashlib
import json
import os
import random
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.harness import Claim, Measured, Result, alternate, judge
from trainyard.files import write_text
from trainyard.lineage.code import read_code
from trainyard.lineage.data_version import data_record, data_versions
from trainyard.lineage.folder import folder_md5, path_md5
from trainyard.lineage.record import lineage_record, tags

REPOSITORY = Path(__file__).resolve().parents[1]
MEGABYTE = 10**6
MOST_MILLISECONDS = 50
POINTER = "outs:\n- md5: {md5}\n  size: {size}\n  hash: md5\n  path: table.csv\n"


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure all that a run writes of its lineage, in a clone with changes and 20 MB of data that DVC tracks."""
    with tempfile.TemporaryDirectory() as name:
        clone = make_clone(Path(name))
        ours, theirs = "lineage of a run, once cached", "git status and one md5 pass over the data"
        measured = alternate({ours: lineage_of(clone), theirs: status_and_md5(clone)}, rounds, warmups=2)
    milliseconds = 1e3 * statistics.median(measured[ours])
    claim = Claim("lineage of a run / git status and one md5 pass", ours, theirs, 1.5, cost=True)
    title = f"Lineage of a run: {milliseconds:.0f} ms here, of {MOST_MILLISECONDS} that it may take"
    return title, measured, judge([claim], measured)


def make_clone(folder: Path) -> Path:
    """Return a clone of this repository with a table that DVC tracks, a changed file and an untracked one."""
    clone = folder / "clone"
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.org"]
    subprocess.run([*git, "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(clone)], check=True)
    (clone / ".dvc").mkdir(exist_ok=True)
    (clone / "data").mkdir(exist_ok=True)
    content = random.Random(0).randbytes(20 * MEGABYTE)  # noqa: S311  # bytes to hash
    table = clone / "data" / "table.csv"
    table.write_bytes(content)
    os.utime(table, (1e9, 1e9))
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    (clone / "data" / "table.csv.dvc").write_text(POINTER.format(md5=md5, size=len(content)))
    (clone / "data" / ".gitignore").write_text("/table.csv\n")
    subprocess.run([*git, "add", "."], cwd=clone, check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "data"], cwd=clone, check=True)
    with (clone / "train.py").open("a") as file:
        file.write("# changed\n")
    (clone / "own_layer.py").write_text("layer = 1\n")
    return clone


def lineage_of(root: Path) -> Callable[[], None]:
    """Return the side that does what training does of lineage when a run begins."""
    memory, table = root / ".trainyard" / "digests", root / "data" / "table.csv"

    def side() -> None:
        code = read_code(root)
        digest = path_md5(table, memory)
        data = {"name": "table", "digest": digest, "origin": str(table), "prepared": ""}
        record = lineage_record(
            root, data=data | data_record(data_versions({"train": table}, {"train": digest})), seeds={"seed": 0},
            command="python train.py", device={}, sweep=None, code=code,
        )  # fmt: skip
        write_text(root / "runs" / "lineage.json", json.dumps(record, indent=2))
        if code is None or tags(record)["data.changed"] != "false" or not code.saved:
            raise RuntimeError("the benchmark does not measure what it says")
        code.write(root / "runs")

    return side


def status_and_md5(root: Path) -> Callable[[], None]:
    """Return the baseline: one `git status`, and the md5 of the data."""

    def side() -> None:
        subprocess.run(["git", "status", "--porcelain", "--untracked-files=all"], cwd=root, check=True,
                       capture_output=True)  # fmt: skip
        plain_md5(root / "data" / "table.csv")

    return side


def plain_md5(path: Path) -> str:
    """Return the md5 of a file, read at once."""
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def run_hashing(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Measure the digest of folders of which nothing is remembered against plain md5 over the same bytes."""
    sides: dict[str, Callable[[], None]] = {}
    claims = []
    with tempfile.TemporaryDirectory() as name:
        for what, count, size in (("8 files of 25 MB", 8, 25 * MEGABYTE), ("5,000 files of 4 kB", 5000, 4000)):
            folder = Path(name) / str(count)
            fill(folder, count, size)
            ours, theirs = f"folder_md5, {what}", f"plain md5, {what}"
            sides |= {ours: lambda folder=folder: folder_md5(folder) and None,
                      theirs: lambda folder=folder: md5_of_all(folder)}  # fmt: skip
            claims.append(Claim(f"folder_md5 / plain md5, {what}", ours, theirs, 0.5))
        measured = alternate(sides, rounds)
    return "Digest of a folder, nothing remembered", measured, judge(claims, measured)


def fill(folder: Path, count: int, size: int) -> None:
    """Make a folder of files of random bytes, a hundred in each folder below."""
    source = random.Random(count)  # noqa: S311  # bytes to hash
    for number in range(count):
        file = folder / str(number // 100) / f"{number}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(source.randbytes(size))


def md5_of_all(folder: Path) -> None:
    """Take the md5 of one file after the other."""
    for path in folder.rglob("*"):
        if path.is_file():
            plain_md5(path)
