"""`trainyard train`: a run, a sweep, and what is left when either goes wrong."""

from pathlib import Path

import pytest

from tests.verbs.conftest import Runs
from trainyard.config.schema.run import Config
from trainyard.errors import DataError, NetworkError, TrainyardError
from trainyard.verbs.cli import run_command

Capture = pytest.CaptureFixture[str]


def folders(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def test_a_run_is_given_its_config_folder_overrides_and_command(runs: Runs, project: Path) -> None:
    assert run_command(["train", "dataset=iris", "note=two words", "tags.api_key=hunter22"]) == 0
    (config,), (call,) = runs.configs, runs.calls
    assert (config.dataset.name, config.note, config.tags) == ("iris", "two words", {"api_key": "hunter22"})
    assert call["folder"].parent == project / "runs" / "iris"
    assert call["overrides"] == ["dataset=iris", "note=two words", "tags.api_key=***"]
    assert call["command"] == "python train.py dataset=iris 'note=two words' 'tags.api_key=***'"
    assert call["parent"] is None


def test_a_mistake_in_the_config_runs_nothing_and_leaves_nothing(runs: Runs, project: Path, capsys: Capture) -> None:
    assert run_command(["train", "dataset=digist", "network.hiden=3", "optimizer.lr=-1"]) == 2
    assert capsys.readouterr() == ("", (
        "trainyard: 3 mistakes in the config\n"
        "  dataset=digist: no such dataset; did you mean digits? There are arrays, breast_cancer, csv, custom, "
        "diabetes, digits, idx, image_folder, iris, linnerud, salmon and wine.\n"
        "  network.hiden: no such key; did you mean network.hidden?\n"
        "  optimizer.lr=-1: must be greater than 0\n"
    ))  # fmt: skip
    assert not runs.calls
    assert not folders(project)


@pytest.mark.parametrize(("error", "stage"), [(DataError, "data"), (NetworkError, "network")])
def test_a_mistake_in_the_data_or_the_network_leaves_no_folder(
    runs: Runs, project: Path, capsys: Capture, error: type[DataError], stage: str
) -> None:
    def refuse(_config: Config, _folder: Path) -> int:
        raise error(["houses.csv: no such file.", "price: no such column."])

    runs.end = refuse
    assert run_command(["train"]) == 2
    listing = f"trainyard: 2 mistakes in the {stage}\n  houses.csv: no such file.\n  price: no such column.\n"
    assert capsys.readouterr() == ("", listing)
    assert not folders(project)


def test_what_failed_for_another_reason_is_one_sentence_and_exit_code_1(runs: Runs, capsys: Capture) -> None:
    def fail(_config: Config, _folder: Path) -> int:
        raise TrainyardError("The disk is full.")

    runs.end = fail
    assert run_command(["train"]) == 1
    assert capsys.readouterr() == ("", "trainyard: The disk is full.\n")


def test_an_unexpected_error_is_one_sentence_and_keeps_its_traceback(
    runs: Runs, project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_PASSWORD", "hunter22")

    def fail(_config: Config, folder: Path) -> int:
        (folder / "journal.jsonl").touch()
        raise RuntimeError("shapes differ for hunter22")

    runs.end = fail
    assert run_command(["train"]) == 1
    log = runs.calls[0]["folder"] / "log.txt"
    assert capsys.readouterr() == (
        "",
        f"trainyard: the run failed unexpectedly: RuntimeError: shapes differ for ***\n  The traceback is in {log}\n",
    )
    text = log.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "hunter22" not in text


def test_an_unexpected_error_before_anything_was_written_shows_its_traceback(
    runs: Runs, project: Path, capsys: Capture
) -> None:
    runs.end = lambda _config, _folder: 1 // 0
    assert run_command(["train"]) == 1
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert shown.endswith("trainyard: failed unexpectedly: ZeroDivisionError: integer division or modulo by zero\n")
    assert not folders(project)


def test_hydra_full_error_shows_where_a_mistake_was_found(
    runs: Runs, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    assert run_command(["train", "lr=3"]) == 2
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert shown.endswith("trainyard: 1 mistake in the config\n  lr: no such key; did you mean optimizer.lr?\n")


@pytest.mark.parametrize("code", [0, 1, 130, 143])
def test_the_exit_code_is_that_of_the_run(runs: Runs, code: int) -> None:
    runs.end = lambda _config, _folder: code
    assert run_command(["train"]) == code


def test_ctrl_c_before_the_run_begins_leaves_no_folder(runs: Runs, project: Path, capsys: Capture) -> None:
    def interrupt(_config: Config, _folder: Path) -> int:
        raise KeyboardInterrupt

    runs.end = interrupt
    assert run_command(["train"]) == 130
    assert capsys.readouterr() == ("", "")
    assert not folders(project)
