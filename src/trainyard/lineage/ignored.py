"""What DVC leaves out of a folder: `.dvcignore` (https://dvc.org/doc/user-guide/project-structure/dvcignore-files)."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

IGNORE_FILE = ".dvcignore"
ALWAYS_FOLDERS, ALWAYS = {".git", ".hg", ".dvc"}, {".git"}


@dataclass(frozen=True)
class Rule:
    """A line of a .dvcignore: `inside` leads from the folder of that file to the one whose files are asked about."""

    regex: re.Pattern[str]
    ignores: bool  # a line with ! takes back what an earlier one ignored
    folders_only: bool
    inside: str


@dataclass(frozen=True)
class Ignored:
    """The rules that hold in one folder, the strongest first."""

    rules: tuple[Rule, ...]

    @classmethod
    def for_folder(cls, folder: Path) -> "Ignored":
        """Return the rules of every .dvcignore above a folder, up to the top of its DVC repository."""
        folder = Path(os.path.abspath(folder))
        top = dvc_top(folder.parent)
        if top is None:
            return cls(())
        above = [parent for parent in folder.parents if parent == top or top in parent.parents]
        return cls(tuple(rule for parent in above for rule in _rules(parent, folder)))

    def matches(self, name: str, path: str, is_folder: bool) -> bool:
        """Whether DVC leaves out `name` (its path in the folder, with slashes), which lies at `path`.

        A DVC repository within another one is left out, too.
        """
        last = name.rpartition("/")[2]
        if last in (ALWAYS_FOLDERS if is_folder else ALWAYS):
            return True
        if is_folder and os.path.lexists(os.path.join(path, ".dvc")):
            return True
        for rule in self.rules:
            if rule.folders_only and not is_folder:
                continue
            whole = rule.inside + name
            if rule.regex.match(whole) or (is_folder and rule.regex.match(f"{whole}/")):
                return rule.ignores
        return False


def dvc_top(folder: Path) -> Path | None:
    """Return the top folder of the DVC repository that `folder` lies in; None outside of one."""
    return next((above for above in (folder, *folder.parents) if (above / ".dvc").is_dir()), None)


def _rules(holder: Path, folder: Path) -> Iterator[Rule]:
    """Yield the rules in the .dvcignore of `holder`, the last line first."""
    try:
        lines = (holder / IGNORE_FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    inside = f"{folder.relative_to(holder).as_posix()}/"
    for line in map(str.strip, reversed(lines)):
        if line and not line.startswith("#"):
            yield from _parsed(line, inside)


def _parsed(line: str, inside: str) -> Iterator[Rule]:
    from pathspec import GitIgnoreSpec

    try:
        patterns = GitIgnoreSpec.from_lines([line]).patterns
    except ValueError:  # DVC itself refuses such a line
        return
    for pattern in patterns:
        if pattern.include is not None and pattern.regex is not None:
            yield Rule(pattern.regex, pattern.include, line.endswith("/"), inside)
