"""Questions to git. None is the answer without git, outside of a repository, and where git takes too long."""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

SECONDS = 20.0
BLAMED = re.compile(rb"^([0-9a-f]{40,64}) \d+ (\d+)", re.MULTILINE)


def ask_git(folder: Path, *arguments: str, text: bytes | None = None) -> bytes | None:
    """Return what git says in `folder`, with `text` on its standard input; None where it fails."""
    command = ["git", "--no-optional-locks", *arguments]
    try:
        done = subprocess.run(command, cwd=folder, input=text, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def git_top(folder: Path) -> Path | None:
    """Return the top folder of the working tree that `folder` lies in, without asking git; None outside of one."""
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), None)


def committed_texts(top: Path, files: Iterable[Path]) -> dict[Path, bytes | None] | None:
    """Return the bytes of files at HEAD, None for one that is not there; None where git does not answer.

    `top` is the top folder of the working tree that the files lie in. One process, whatever the number of files.
    """
    wanted = list(files)
    questions = "".join(f"HEAD:{file.relative_to(top).as_posix()}\n" for file in wanted)
    answer = ask_git(top, "cat-file", "--batch", text=os.fsencode(questions))
    if answer is None:
        return None
    contents: dict[Path, bytes | None] = {}
    for file in wanted:
        header, _, answer = answer.partition(b"\n")
        contents[file] = None
        if not header.endswith(b" missing"):
            size = int(header.rsplit(b" ", 1)[-1])
            contents[file], answer = answer[:size], answer[size + 1 :]
    return contents


def line_revisions(top: Path, lines: Mapping[Path, Iterable[int]]) -> dict[tuple[Path, int], str]:
    """Return the revision that last changed a line of a file at HEAD, by file and line, counted from 1.

    One process for each file. A line that git cannot tell of is left out.
    """
    found: dict[tuple[Path, int], str] = {}
    for file, numbers in lines.items():
        ranges = [f"-L{number},{number}" for number in sorted(set(numbers))]
        name = str(file.relative_to(top))
        told = ask_git(top, "-c", "blame.ignoreRevsFile=", "blame", "--porcelain", *ranges, "HEAD", "--", name)
        found |= {(file, int(line)): revision.decode() for revision, line in BLAMED.findall(told or b"")}
    return found
