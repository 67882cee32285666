"""The code that a run came from: git's revision, what differs from it, and the sources that git does not know."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainyard.files import write_bytes
from trainyard.lineage.git import ask_git, git_top
from trainyard.lineage.untracked import pack, select

DIFF_LIMIT = 5_000_000  # bytes; a larger diff is left out, and that is said
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+(?=@)")
DIFF, ARCHIVE = "code.diff", "untracked.zip"
# whatever the user's own settings are: a patch that `git apply` takes
PLAIN = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--src-prefix=a/", "--dst-prefix=b/")


@dataclass(frozen=True)
class Code:
    """A working tree: its revision, and whether and how it differs.

    `untracked` names the files that git neither tracks nor ignores. `diff` is against the revision, as bytes since
    files have encodings of their own; None where it would be larger than 5 MB. `saved` names the untracked sources
    that are in `archive`, a zip; `left_out` the other untracked files, by the reason.
    """

    revision: str | None
    branch: str | None
    dirty: bool
    untracked: tuple[str, ...]
    diff: bytes | None
    remote: str | None
    saved: tuple[str, ...] = ()
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    archive: bytes | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values, without the diff and the archive, which are files of their own."""
        return {
            "revision": self.revision, "branch": self.branch, "dirty": self.dirty, "remote": self.remote,
            "untracked": list(self.untracked), "saved": list(self.saved),
            "left_out": {reason: list(names) for reason, names in self.left_out.items()},
            "diff_kept": self.diff is not None,
        }  # fmt: skip

    def write(self, folder: Path) -> None:
        """Write what is not in the revision to `folder`: `code.diff` and `untracked.zip`.

        Where there is nothing to write, one that is there already goes: a run that goes on has the code of now.
        """
        for name, content in ((DIFF, self.diff), (ARCHIVE, self.archive)):
            if content:
                write_bytes(folder / name, content)
            else:
                (folder / name).unlink(missing_ok=True)


def read_code(folder: Path, root: Path | None = None) -> Code | None:
    """Return the state of the repository that `folder` lies in; None without git or outside of a repository.

    Names are relative to the top of the working tree. What runs leave below `folder`, and below the project root
    `root` where that is another one, is no source.
    """
    status = ask_git(folder, "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all")
    if status is None:
        return None
    revision = branch = None
    untracked, changed = [], False
    for entry in status.decode(errors="replace").split("\0"):
        if entry.startswith("# branch.oid ") and not entry.endswith("(initial)"):
            revision = entry.split(" ", 2)[2]
        elif entry.startswith("# branch.head ") and not entry.endswith("(detached)"):
            branch = entry.split(" ", 2)[2]
        elif entry.startswith("? "):
            untracked.append(entry[2:])
        elif entry.startswith(("1 ", "2 ", "u ")):
            changed = True
    diff = ask_git(folder, "diff", "--binary", *PLAIN, "HEAD") if changed and revision else b""
    remote = ask_git(folder, "remote", "get-url", "origin")
    folder = folder.absolute()
    sources, left_out = select(git_top(folder) or folder, untracked, own=(folder, (root or folder).absolute()))
    return Code(
        revision=revision, branch=branch, dirty=changed or bool(untracked), untracked=tuple(untracked),
        diff=diff if diff is not None and len(diff) <= DIFF_LIMIT else None,
        remote=CREDENTIALS.sub("***", remote.decode(errors="replace").strip()) if remote else None,
        saved=tuple(sources), left_out=left_out, archive=pack(sources) if sources else None,
    )  # fmt: skip
