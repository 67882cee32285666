"""The code that a run came from: git's revision and what differs from it."""

import re
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

DIFF_LIMIT = 5_000_000  # bytes; a larger diff is left out, and that is said
SECONDS = 20.0
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+(?=@)")


@dataclass(frozen=True)
class Code:
    """A working tree: its revision, and whether and how it differs.

    `untracked` names the files that git neither tracks nor ignores. `diff` is against the revision, None where it
    would be larger than 5 MB.
    """

    revision: str | None
    branch: str | None
    dirty: bool
    untracked: tuple[str, ...]
    diff: str | None
    remote: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values, without the diff, which is a file of its own."""
        return {name: value for name, value in asdict(self).items() if name != "diff"}


def read_code(folder: Path) -> Code | None:
    """Return the state of the repository that `folder` lies in; None without git or outside of a repository."""
    status = _git(folder, "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all")
    if status is None:
        return None
    revision = branch = None
    untracked, changed = [], False
    for entry in status.split("\0"):
        if entry.startswith("# branch.oid ") and not entry.endswith("(initial)"):
            revision = entry.split(" ", 2)[2]
        elif entry.startswith("# branch.head ") and not entry.endswith("(detached)"):
            branch = entry.split(" ", 2)[2]
        elif entry.startswith("? "):
            untracked.append(entry[2:])
        elif entry.startswith(("1 ", "2 ", "u ")):
            changed = True
    diff = _git(folder, "diff", "--binary", "HEAD") if changed and revision else ""
    remote = _git(folder, "remote", "get-url", "origin")
    return Code(
        revision=revision, branch=branch, dirty=changed or bool(untracked), untracked=tuple(untracked),
        diff=diff if diff is not None and len(diff) <= DIFF_LIMIT else None,
        remote=CREDENTIALS.sub("***", remote.strip()) if remote else None,
    )  # fmt: skip


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", *arguments], cwd=folder, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None
