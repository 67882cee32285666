import subprocess

import pytest

from trainyard.lineage import code
from trainyard.lineage.code import read_code


def git(folder, *arguments):
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init")
    (tmp_path / "a.py").write_text("a = 1\n")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "-m", "first")
    return tmp_path


def test_a_clean_tree_is_its_revision(repository):
    found = read_code(repository)
    assert len(found.revision) == 40
    assert (found.branch, found.dirty, found.untracked, found.diff, found.remote) == ("main", False, (), "", None)


def test_changes_and_new_files_make_it_dirty(repository):
    (repository / "a.py").write_text("a = 2\n")
    (repository / "b c.py").write_text("")
    found = read_code(repository)
    assert found.dirty
    assert found.untracked == ("b c.py",)
    assert "-a = 1\n+a = 2\n" in found.diff
    assert "diff" not in found.to_dict()


def test_a_new_file_alone_makes_it_dirty_without_a_diff(repository):
    (repository / "b.py").write_text("")
    assert (read_code(repository).dirty, read_code(repository).diff) == (True, "")


def test_passwords_of_a_remote_are_hidden(repository):
    git(repository, "remote", "add", "origin", "https://me:hunter2@example.org/a.git")
    assert read_code(repository).remote == "https://***@example.org/a.git"


def test_a_huge_diff_is_left_out(repository, monkeypatch):
    monkeypatch.setattr(code, "DIFF_LIMIT", 10)
    (repository / "a.py").write_text("a = 2\n")
    assert read_code(repository).diff is None


def test_a_repository_without_a_commit_has_no_revision(tmp_path):
    git(tmp_path, "init")
    (tmp_path / "a.py").write_text("")
    assert (read_code(tmp_path).revision, read_code(tmp_path).dirty) == (None, True)


def test_outside_of_a_repository_and_without_git_there_is_none(tmp_path, monkeypatch):
    assert read_code(tmp_path) is None
    monkeypatch.setenv("PATH", "")
    assert read_code(tmp_path) is None
