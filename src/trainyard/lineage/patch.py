"""A diff as git writes it, read file by file."""

import codecs
import re
from dataclasses import dataclass

SECTION = re.compile(rb"^(?=diff --git )", re.MULTILINE)
NAMES = (rb"^\+\+\+ (.+)$", rb"^--- (.+)$", rb"^rename to (.+)$")
NOWHERE = b"/dev/null"


@dataclass(frozen=True)
class ChangedFile:
    """What a diff does to one file: `added` and `removed` count lines, None for a binary file."""

    name: str
    added: int | None
    removed: int | None
    patch: bytes

    @property
    def counts(self) -> str:
        """The counts for a person: "+3 -1", or "binary"."""
        return "binary" if self.added is None else f"+{self.added} -{self.removed}"


def changed_files(diff: bytes) -> list[ChangedFile]:
    """Return what a diff does, in its order; a file that was renamed has its new name."""
    return [_read(section) for section in SECTION.split(diff) if section.startswith(b"diff --git ")]


def _read(section: bytes) -> ChangedFile:
    head, hunk, body = section.partition(b"\n@@ ")
    binary = not hunk and re.search(rb"^(GIT binary patch|Binary files )", head, re.MULTILINE)
    lines = body.split(b"\n")[1:]
    added, removed = (sum(line.startswith(sign) for line in lines) for sign in (b"+", b"-"))
    return ChangedFile(_name(head), None if binary else added, None if binary else removed, section)


def _name(head: bytes) -> str:
    for pattern in NAMES:
        found = re.search(pattern, head, re.MULTILINE)
        if found and found[1] != NOWHERE:
            return _plain(found[1], prefixed=not pattern.startswith(rb"^rename"))
    names = head.partition(b"\n")[0].removeprefix(b"diff --git ")  # the same one twice
    return _plain(names[len(names) // 2 + 1 :], prefixed=True)


def _plain(name: bytes, *, prefixed: bool) -> str:
    r"""Return a name without the quotes and the prefix of git, as in "b/\303\244.py"."""
    name = name.rstrip(b"\t")
    if name.startswith(b'"'):
        name = bytes(codecs.escape_decode(name[1:-1])[0])
    return (name[2:] if prefixed else name).decode(errors="replace")
