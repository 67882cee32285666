import os
import stat
import zipfile

import pytest

from tests.lineage.repositories import commit, git, write
from trainyard.errors import TrainyardError
from trainyard.lineage.code import read_code
from trainyard.lineage.restore import restore_code


@pytest.fixture
def repository(tmp_path):
    """A repository with a commit and every kind of change to it."""
    root = write(tmp_path / "origin", {"a.py": "a = 1\r\nb = 2\n", "gone.py": "x = 1\n", "old.py": "y = 1\n" * 9})
    (root / "b.bin").write_bytes(b"\0\1\2")
    git(root, "init")
    git(root, "config", "core.autocrlf", "false")
    commit(root)
    git(root, "mv", "old.py", "new name.py")
    (root / "gone.py").unlink()
    (root / "a.py").write_bytes("a = 'ë'\r\nb = 3".encode("latin-1"))
    (root / "b.bin").write_bytes(b"\0\1\3")
    write(root, {"sub/c.py": "c = 1\n", "run.sh": "#!/bin/sh\n", "staged.py": "s\n"})
    git(root, "add", "staged.py")
    (root / "run.sh").chmod(0o755)
    return root


@pytest.fixture
def checkout(repository, tmp_path):
    """A clean checkout of that commit."""
    git(tmp_path, "clone", "origin", "checkout")
    return tmp_path / "checkout"


def contents(folder):
    """Bytes and mode of every file, by its path."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), bool(path.stat().st_mode & stat.S_IXUSR))
        for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts
    }  # fmt: skip


def archive(folder, *entries):
    """A zip with (name or ZipInfo, text) in it."""
    with zipfile.ZipFile(folder / "untracked.zip", "w") as opened:
        for name, text in entries:
            opened.writestr(name, text)
    return folder / "untracked.zip"


def test_a_checkout_becomes_the_tree_that_the_run_saw(repository, checkout, tmp_path):
    read_code(repository).write(tmp_path / "run")
    restore_code(checkout, tmp_path / "run" / "code.diff", tmp_path / "run" / "untracked.zip")
    assert contents(checkout) == contents(repository)


def test_a_plain_folder_within_another_repository_works_as_well(repository, checkout, tmp_path):
    read_code(repository).write(tmp_path / "run")
    git(checkout, "worktree", "add", "--detach", str(repository / "inside"))
    (repository / "inside" / ".git").unlink()
    restore_code(repository / "inside", tmp_path / "run" / "code.diff", tmp_path / "run" / "untracked.zip")
    assert (repository / "inside" / "new name.py").exists()


def test_nothing_to_restore_changes_nothing(checkout, tmp_path):
    before = contents(checkout)
    (tmp_path / "code.diff").touch()
    restore_code(checkout, None, None)
    restore_code(checkout, tmp_path / "code.diff", tmp_path / "untracked.zip")
    assert contents(checkout) == before


def test_a_diff_that_does_not_fit_is_told(repository, checkout, tmp_path):
    read_code(repository).write(tmp_path / "run")
    write(checkout, {"a.py": "another\n"})
    with pytest.raises(TrainyardError, match=r"diff does not apply in .*checkout: error: .*clean checkout of"):
        restore_code(checkout, tmp_path / "run" / "code.diff", None)


def test_without_git_a_diff_cannot_be_applied(checkout, tmp_path, monkeypatch):
    (tmp_path / "code.diff").write_text("diff")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(TrainyardError, match="cannot be applied: git does not run here"):
        restore_code(checkout, tmp_path / "code.diff", None)


def linked(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    "entry",
    ["../evil.py", "/evil.py", "sub/../../evil.py", "..\\evil.py", ".git/hooks/pre-commit", "sub/.GIT/config", ".",
     "folder/", linked("link.py")],
)  # fmt: skip
def test_an_archive_that_no_run_wrote_is_refused_whole(checkout, tmp_path, entry):
    before = contents(checkout)
    with pytest.raises(TrainyardError, match=r"untracked.zip is none that a run wrote: it holds .*Nothing is unpacked"):
        restore_code(checkout, None, archive(tmp_path, ("good.py", ""), (entry, "/etc")))
    assert contents(checkout) == before
    assert not (tmp_path / "evil.py").exists()


@pytest.mark.parametrize("name", ["out/a.py", "link.py"])
def test_nothing_is_written_through_a_link(checkout, tmp_path, name):
    (tmp_path / "outside").mkdir()
    (checkout / "out").symlink_to(tmp_path / "outside")
    (checkout / "link.py").symlink_to(tmp_path / "outside" / "a.py")
    with pytest.raises(TrainyardError, match="would be written through a link"):
        restore_code(checkout, None, archive(tmp_path, (name, "a")))
    assert os.listdir(tmp_path / "outside") == []


def test_a_file_that_is_there_is_not_overwritten(checkout, tmp_path):
    packed = archive(tmp_path, ("b.py", "b"))
    write(checkout, {"b.py": "b"})
    restore_code(checkout, None, packed)
    write(checkout, {"b.py": "mine"})
    with pytest.raises(TrainyardError, match=r"b.py is there already and differs"):
        restore_code(checkout, None, packed)
    assert (checkout / "b.py").read_text() == "mine"


def test_damaged_and_huge_archives_are_told(checkout, tmp_path):
    packed = archive(tmp_path, ("b.py", "the text"))
    packed.write_bytes(packed.read_bytes().replace(b"the text", b"the tezt"))
    with pytest.raises(TrainyardError, match=r"untracked.zip is damaged: Bad CRC-32"):
        restore_code(checkout, None, packed)
    packed.write_bytes(b"no zip")
    with pytest.raises(TrainyardError, match="is damaged: File is not a zip file"):
        restore_code(checkout, None, packed)
    with pytest.raises(TrainyardError, match="holds more than 20 MB"):
        restore_code(checkout, None, archive(tmp_path, *((f"{n}.py", bytes(10**6)) for n in range(21))))
