import pytest

from tests.lineage.repositories import commit, git, write
from trainyard.lineage.git import ask_git, committed_texts, git_top, line_revisions


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init")
    return write(tmp_path, {"a.txt": "one\ntwo\n", "b c/ä.bin": "HEAD:a.txt missing\n"})


def test_files_are_read_as_they_are_committed(repository):
    commit(repository)
    write(repository, {"a.txt": "changed", "new.txt": "new"})
    files = [repository / name for name in ("a.txt", "new.txt", "b c/ä.bin", "gone")]
    assert list(committed_texts(repository, files).values()) == [b"one\ntwo\n", None, b"HEAD:a.txt missing\n", None]
    assert committed_texts(repository, []) == {}


def test_before_the_first_commit_nothing_is_committed(repository):
    assert committed_texts(repository, [repository / "a.txt"]) == {repository / "a.txt": None}


def test_a_line_has_the_revision_that_last_changed_it(repository):
    first = commit(repository)
    write(repository, {"a.txt": "zero\none\n2\n"})
    second = commit(repository)
    a, gone = repository / "a.txt", repository / "gone"
    assert line_revisions(repository, {a: [2, 3, 3], gone: [1]}) == {(a, 2): first, (a, 3): second}
    assert line_revisions(repository, {a: [99]}) == {}


def test_the_top_is_found_without_git(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert git_top(repository / "b c") == repository
    assert git_top(repository.parent) is None


def test_without_git_and_outside_of_a_repository_there_is_no_answer(tmp_path, monkeypatch):
    assert ask_git(tmp_path, "status") is None
    assert committed_texts(tmp_path, [tmp_path / "a"]) is None
    monkeypatch.setenv("PATH", "")
    assert ask_git(tmp_path, "--version") is None
