import pytest

from tests.lineage.repositories import git
from trainyard.lineage.code import read_code
from trainyard.reproduction.workspace import MissingError, check_record, open_workspace


def missing(files, root, repository):
    with pytest.raises(MissingError) as error, open_workspace(files, root, repository):
        pytest.fail("opened")
    return error.value.faults


def test_the_code_is_that_of_the_run_with_what_was_not_committed(made, repository, tmp_path):
    (repository / "src/trainyard/a.py").write_text("print(2)\n")
    (repository / "src/trainyard/new.py").write_text("print(3)\n")
    code = read_code(repository)
    files = made(code=code.to_dict())
    code.write(files.folder)
    git(repository, "checkout", "-q", "src")
    (repository / "src/trainyard/new.py").unlink()
    with open_workspace(files, tmp_path, repository) as workspace:
        assert (workspace.folder / "src/trainyard/a.py").read_text() == "print(2)\n"
        assert (workspace.folder / "src/trainyard/new.py").read_text() == "print(3)\n"
        assert workspace.sources == workspace.folder / "src"
        kept = workspace.folder
    assert not kept.exists()
    assert git(repository, "worktree", "list").count("\n") == 0
    assert (repository / "src/trainyard/a.py").read_text() == "print(1)\n"


def test_commands_are_typed_where_they_were_typed(made, repository, tmp_path):
    (repository / "sub").mkdir()
    (repository / "sub" / "train.py").touch()
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "more")
    files = made()
    with open_workspace(files, tmp_path, repository / "sub") as workspace:
        assert workspace.folder.name == "sub"
        assert (workspace.folder / "train.py").exists()
        assert workspace.sources is None
    (repository / "not in git").mkdir()
    with open_workspace(files, tmp_path, repository / "not in git") as workspace:
        assert list(workspace.folder.iterdir()) == []


def test_data_are_found_by_the_key_that_named_them(made, repository, tmp_path):
    (tmp_path / "a.csv").write_text("1\n")
    data = [{"part": part, "path": str(tmp_path / "a.csv"), "digest": "b026324c6904b2a9cb4b88d6d61c81d1"}
            for part in ("train", "test")]  # fmt: skip
    with open_workspace(made(data=data), tmp_path, repository) as workspace:
        assert workspace.data == {"path": tmp_path / "a.csv", "test_path": tmp_path / "a.csv"}


def test_all_that_is_missing_is_named_at_once(made, repository, tmp_path):
    code = {"revision": "1" * 40, "dirty": True, "diff_kept": False, "saved": ["a.py"], "remote": "https://host/x"}
    lost = {"part": "train", "path": "/nowhere/a.csv", "digest": "2" * 32}
    files = made(code=code, data=[lost])
    assert missing(files, tmp_path, repository) == (
        f"The commit {'1' * 40} is not in the repository of {repository}; fetch it from https://host/x.",
        "What was not committed was larger than 5 MB and was not kept.",
        f"{files.folder / 'code.diff'} is gone, so what was not committed is not known.",
        f"{files.folder / 'untracked.zip'} is gone, so what was not committed is not known.",
        f"The data /nowhere/a.csv with the digest {'2' * 32} are neither there nor in DVC's cache or on its remote. "
        "`dvc add` and `dvc push` keep a version.",
    )  # fmt: skip


def test_a_run_made_outside_of_git_has_no_code_to_restore(made, repository, tmp_path):
    files = made(code={"revision": None})
    assert missing(files, tmp_path, repository) == ("The run was made outside of git, so its code is not known.",)


def test_a_record_that_contradicts_itself_is_refused(made):
    check_record(made("a"))
    files = made("b", seeds={"seed": 7, "split_seed": 0}, metrics={})
    with pytest.raises(MissingError) as error:
        check_record(files)
    assert error.value.faults == (
        f"{files.folder / 'config.yaml'} has seed 0, but the run was made with 7.",
        f"{files.folder} has no final metrics to compare with: the run did not come to its end.",
    )
