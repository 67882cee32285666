from pathlib import Path

import pytest

from tests.lineage.repositories import commit, git, write
from trainyard.lineage.git import ask_git
from trainyard.lineage.patch import changed_files

LINES = "".join(f"{number}\n" for number in range(60))


@pytest.fixture
def diff(tmp_path):
    """The diff of every kind of change."""
    write(tmp_path, {
        "a.py": LINES, "b/a name.py": LINES, "ä/q\"uote.py": "1\n", "gone.py": "1\n2", "old.py": LINES, "mode.sh": "",
        "a/moved.py": LINES,
    })  # fmt: skip
    (tmp_path / "b.bin").write_bytes(b"\0\1")
    git(tmp_path, "init")
    commit(tmp_path)
    write(tmp_path, {
        "a.py": LINES.replace("3\n", "x\n+++ y\n").replace("\n57\n", "\n--- z\n"), "b/a name.py": f"{LINES}more",
        "ä/q\"uote.py": "2\n", "new.py": "diff --git a/x b/x\n", "empty file.py": "",
    })  # fmt: skip
    (tmp_path / "b.bin").write_bytes(b"\0\2")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "mode.sh").chmod(0o755)
    git(tmp_path, "mv", "old.py", "new name.py")
    git(tmp_path, "mv", "a/moved.py", "b/ö.py")
    git(tmp_path, "add", "-A")
    return ask_git(tmp_path, "diff", "--binary", "HEAD")


def test_names_and_counts_are_those_that_git_tells(diff):
    told = ask_git(Path("/"), "apply", "--numstat", "-z", text=diff).decode()
    expected = [tuple(line.split("\t")) for line in told.split("\0") if line]
    found = [
        ("-" if file.added is None else str(file.added), "-" if file.removed is None else str(file.removed), file.name)
        for file in changed_files(diff)
    ]
    assert len(found) == 10
    assert found == expected


def test_the_patch_of_each_file_is_its_own_part_of_the_diff(diff):
    assert b"".join(file.patch for file in changed_files(diff)) == diff


def test_counts_are_told_in_a_word(diff):
    counts = {file.name: file.counts for file in changed_files(diff)}
    assert (counts["new.py"], counts["b.bin"], counts["gone.py"]) == ("+1 -0", "binary", "+0 -2")


def test_nothing_is_no_file():
    assert changed_files(b"") == changed_files(b"no diff at all\n") == []
