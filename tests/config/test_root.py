"""Where the project is."""

from pathlib import Path

import pytest

from trainyard.config.root import PACKAGE, code_root, config_folders, project_root


@pytest.fixture
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    return tmp_path


def front_door(folder: Path) -> None:
    (folder / "conf").mkdir()
    (folder / "train.py").touch()


def test_without_a_project_it_is_this_folder(somewhere: Path) -> None:
    assert project_root() == somewhere / "a" / "b"


def test_conf_and_train_py_mark_it(somewhere: Path) -> None:
    front_door(somewhere)
    assert project_root() == somewhere


def test_conf_alone_does_not(somewhere: Path) -> None:
    (somewhere / "conf").mkdir()
    assert project_root() == somewhere / "a" / "b"


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch])
def test_the_marker_does_nearest_first(somewhere: Path, make: object) -> None:
    front_door(somewhere)
    make(somewhere / "a" / ".trainyard")  # type: ignore[operator]
    assert project_root() == somewhere / "a"


@pytest.mark.parametrize("variable", ["TRAINYARD_ROOT", "DVC_ROOT"])
def test_a_variable_says_it(somewhere: Path, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    front_door(somewhere)
    monkeypatch.setenv(variable, str(somewhere / "a"))
    assert project_root() == somewhere / "a"
    monkeypatch.setenv("TRAINYARD_ROOT", "/")
    assert project_root() == Path("/")


def test_ones_own_configs_are_searched_before_those_of_trainyard(somewhere: Path) -> None:
    own = PACKAGE.parent.parent / "conf"
    assert config_folders() == [own]
    (somewhere / "a" / "b" / "conf").mkdir()
    assert config_folders() == [somewhere / "a" / "b" / "conf", own]


def test_in_a_folder_of_dvc_the_configs_of_that_folder_are_meant(
    somewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    front_door(somewhere / "a")
    monkeypatch.setenv("DVC_ROOT", str(PACKAGE.parent.parent))
    assert config_folders()[0] == somewhere / "a" / "conf"
    assert project_root() == PACKAGE.parent.parent


@pytest.mark.parametrize("inside", [".", "vision/digits"])
@pytest.mark.parametrize("copy", [".", ".dvc/tmp/exps/tmp1", "../elsewhere/tmp1"])
def test_in_a_copy_of_the_repository_it_is_the_same_folder_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str, copy: str
) -> None:
    repository = tmp_path / "repository"
    for top in {repository, repository / copy}:
        (top / ".dvc").mkdir(parents=True, exist_ok=True)
        (top / inside / "deep").mkdir(parents=True)
        front_door(top / inside)
    monkeypatch.setenv("DVC_ROOT", str(repository))
    for here in (repository / copy / inside, repository / copy / inside / "deep"):
        monkeypatch.chdir(here)
        assert project_root() == (repository / inside).resolve()
        assert code_root() == (repository / copy / inside).resolve()


def test_where_no_project_is_found_it_is_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "copy" / ".dvc").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "copy")
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "repository"))
    assert project_root() == tmp_path / "repository"


def test_the_code_that_runs_is_that_of_the_project_around(somewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINYARD_ROOT", "/")
    assert code_root() == Path("/")
    front_door(somewhere / "a")
    assert code_root() == somewhere / "a"


def test_in_the_checkout_there_is_one_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PACKAGE.parent.parent / "conf" / "dataset")
    assert config_folders() == [PACKAGE.parent.parent / "conf"]
