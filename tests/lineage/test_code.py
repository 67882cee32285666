import shutil
from dataclasses import replace

import pytest

from tests.lineage.repositories import commit, git, write
from trainyard.lineage import code
from trainyard.lineage.code import read_code


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init")
    write(tmp_path, {"a.py": "a = 1\n"})
    commit(tmp_path)
    return tmp_path


def test_a_clean_tree_is_its_revision(repository):
    found = read_code(repository)
    assert len(found.revision) == 40
    assert (found.branch, found.dirty, found.untracked, found.diff, found.remote) == ("main", False, (), b"", None)
    assert (found.saved, found.left_out, found.archive) == ((), {}, None)


def test_changes_and_new_files_make_it_dirty(repository):
    write(repository, {"a.py": "a = 2\n", "b c.py": "", "notes.txt": ""})
    found = read_code(repository)
    assert found.dirty
    assert found.untracked == ("b c.py", "notes.txt")
    assert b"-a = 1\n+a = 2\n" in found.diff
    assert (found.saved, found.left_out) == (("b c.py",), {"no source": ("notes.txt",)})
    assert {"diff", "archive"}.isdisjoint(found.to_dict())


def test_what_is_not_committed_is_written_to_the_run(repository):
    read_code(repository).write(repository / "run")
    assert not (repository / "run").exists()
    write(repository, {"a.py": "a = 2\n", "b.py": ""})
    found = read_code(repository)
    found.write(repository / "run")
    assert (repository / "run" / "code.diff").read_bytes() == found.diff
    assert (repository / "run" / "untracked.zip").read_bytes() == found.archive
    replace(found, diff=b"", archive=None).write(repository / "run")
    assert list((repository / "run").iterdir()) == []


def test_a_diff_keeps_the_bytes_of_every_encoding_whatever_the_users_settings(repository):
    for setting in ("color.ui=always", "diff.noprefix=true", "diff.mnemonicPrefix=true", "diff.external=false"):
        git(repository, "config", *setting.split("="))
    (repository / "a.py").write_bytes("name = 'Zoë'\n".encode("latin-1"))
    diff = read_code(repository).diff
    assert b"+name = 'Zo\xeb'\n" in diff
    assert diff.startswith(b"diff --git a/a.py b/a.py\n")


def test_names_start_at_the_top_of_the_working_tree_and_runs_are_no_source(repository):
    write(repository, {
        "b.py": "", "sub/c.py": "", "sub/runs/iris/1/config.yaml": "", "sub/mlruns/1/meta.yaml": "",
        "scratch/runs/iris/1/config.yaml": "", "runs/tools.py": "",
    })  # fmt: skip
    found = read_code(repository / "sub", repository / "scratch")
    assert found.saved == ("b.py", "runs/tools.py", "sub/c.py")
    assert len(found.left_out["left by runs"]) == 3


def test_a_new_file_alone_makes_it_dirty_without_a_diff(repository):
    write(repository, {"b.py": ""})
    assert (read_code(repository).dirty, read_code(repository).diff) == (True, b"")


def test_passwords_of_a_remote_are_hidden(repository):
    git(repository, "remote", "add", "origin", "https://me:hunter2@example.org/a.git")
    assert read_code(repository).remote == "https://***@example.org/a.git"


def test_a_huge_diff_is_left_out_and_that_is_said(repository, monkeypatch):
    assert read_code(repository).to_dict()["diff_kept"]
    monkeypatch.setattr(code, "DIFF_LIMIT", 10)
    write(repository, {"a.py": "a = 2\n"})
    assert read_code(repository).diff is None
    assert not read_code(repository).to_dict()["diff_kept"]


def test_a_repository_without_a_commit_has_no_revision(repository):
    shutil.rmtree(repository / ".git")
    git(repository, "init")
    assert (read_code(repository).revision, read_code(repository).dirty) == (None, True)


def test_outside_of_a_repository_and_without_git_there_is_none(tmp_path, monkeypatch):
    assert read_code(tmp_path) is None
    monkeypatch.setenv("PATH", "")
    assert read_code(tmp_path) is None
