"""Finding a run by what a person calls it."""

import json
from pathlib import Path

import pytest

from trainyard.config.runs import find_run, new_run_folder, newest_run, run_folders
from trainyard.errors import ConfigError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, run_id in (
        ("digits/2026-01-01_10-00-00-aaaaaa", "1" * 32), ("digits/2026-01-01_10-00-00-bbbbbb", "2" * 32),
        ("iris/2026-01-02_10-00-00-cccccc", "3" * 32), ("iris/2026-01-02_10-00-00-cccccc/0-seed=1", "4" * 32),
    ):  # fmt: skip
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        (folder / "journal.jsonl").write_text(json.dumps({"type": "begin", "id": run_id}) + "\n", encoding="utf-8")
    (tmp_path / "runs/digits/2026-01-01_10-00-00-bbbbbb/mlflow.json").write_text('{"run_id": "f00d"}', encoding="utf-8")
    (tmp_path / "runs" / "latest").symlink_to("digits/2026-01-01_10-00-00-bbbbbb")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("latest", "digits/2026-01-01_10-00-00-bbbbbb"),
        ("aaaaaa", "digits/2026-01-01_10-00-00-aaaaaa"),
        ("runs/digits/2026-01-01_10-00-00-aaaaaa", "digits/2026-01-01_10-00-00-aaaaaa"),
        ("digits/2026-01-01_10-00-00-aaaaaa", "digits/2026-01-01_10-00-00-aaaaaa"),
        ("2026-01-01_10-00-00-aaaaaa", "digits/2026-01-01_10-00-00-aaaaaa"),
        ("3333", "iris/2026-01-02_10-00-00-cccccc"),
        ("4444", "iris/2026-01-02_10-00-00-cccccc/0-seed=1"),
        ("f00d", "digits/2026-01-01_10-00-00-bbbbbb"),
    ],
)
def test_a_run_is_found(root: Path, name: str, folder: str) -> None:
    assert find_run(name, root) == (root / "runs" / folder).resolve()


def test_an_absolute_folder_is_found(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "runs/iris/2026-01-02_10-00-00-cccccc"
    assert find_run(str(folder), Path("/")) == folder


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("aaaaab", "no such run in .*runs; did you mean aaaaaa?"),
        ("nothing", "run=nothing: no such run in .*runs$"),
        ("", "several|no run|no such run"),
    ],
)
def test_what_is_no_run_is_refused(root: Path, name: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        find_run(name, root)


def test_a_fault_names_the_key_that_was_typed(root: Path) -> None:
    with pytest.raises(ConfigError, match=r"^a=nothing: no such run"):
        find_run("nothing", root, "a")


def test_all_runs_sweeps_and_members_are_listed(root: Path) -> None:
    names = [folder.relative_to(root / "runs").as_posix() for folder in run_folders(root)]
    assert names == [
        "digits/2026-01-01_10-00-00-aaaaaa", "digits/2026-01-01_10-00-00-bbbbbb", "iris/2026-01-02_10-00-00-cccccc",
        "iris/2026-01-02_10-00-00-cccccc/0-seed=1",
    ]  # fmt: skip


def test_two_runs_of_one_name_are_listed(root: Path) -> None:
    folder = root / "runs/iris/2026-01-01_10-00-00-aaaaaa"
    folder.mkdir()
    (folder / "journal.jsonl").touch()
    with pytest.raises(ConfigError, match=r"several runs are called so: runs/digits/.*aaaaaa or runs/iris/.*aaaaaa"):
        find_run("aaaaaa", root)


def test_a_folder_without_a_run_is_refused(root: Path) -> None:
    with pytest.raises(ConfigError, match=r"holds no run; a run's folder has a journal.jsonl"):
        find_run(str(root), root)


def test_before_the_first_run_there_is_no_latest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"run=latest: no run in .* has finished yet"):
        find_run("latest", tmp_path)


def test_the_newest_run_is_the_one_that_began_last_however_it_ended(root: Path) -> None:
    with pytest.raises(ConfigError, match="resume=latest: there is no run in"):
        newest_run(root / "elsewhere")
    for n, folder in enumerate(sorted(path.parent for path in (root / "runs").glob("[!l]*/*/**/journal.jsonl"))):
        first = {"type": "begin", "id": str(n), "time": 100.0 - n, "kind": "sweep" if n == 0 else "run"}
        (folder / "journal.jsonl").write_text(json.dumps(first) + "\n", encoding="utf-8")
    assert newest_run(root) == (root / "runs/digits/2026-01-01_10-00-00-bbbbbb").resolve()


def test_new_runs_lie_under_their_experiment_and_never_in_one_folder(tmp_path: Path) -> None:
    one, other = new_run_folder(tmp_path, "a b"), new_run_folder(tmp_path, "a b")
    assert one.parent == tmp_path / "runs" / "a-b"
    assert one != other
