"""The members of a sweep: in turn in this process, or side by side; a member that fails stops no other."""

from pathlib import Path

import pytest

from tests.verbs.conftest import Runs
from trainyard.config.command import TrainCommand
from trainyard.config.flags import parse_flags
from trainyard.config.schema.run import Config
from trainyard.errors import DataError
from trainyard.training import cores
from trainyard.verbs.cli import run_command
from trainyard.verbs.members import at_a_time, sweep_exit_code

Capture = pytest.CaptureFixture[str]


def folders(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def test_the_members_of_a_sweep_run_under_one_parent(runs: Runs, project: Path, capsys: Capture) -> None:
    assert run_command(["train", "-m", "seed=1,2", "network=mlp,linear", "dataset=iris", "tags={a:1,b:2}"]) == 0
    (sweep,) = runs.sweeps
    assert [(config.seed, config.network.name) for config in runs.configs] == [
        (1, "mlp"), (1, "linear"), (2, "mlp"), (2, "linear"),
    ]  # fmt: skip
    assert sweep.stopped is False
    assert list(sweep.configs) == runs.configs
    assert sweep.more["overrides"] == ["seed=1,2", "network=mlp,linear", "dataset=iris", "tags={a:1,b:2}"]
    assert sweep.more["swept"] == {"seed": "1,2", "network": "mlp,linear"}
    assert sweep.more["command"] == "python train.py -m seed=1,2 network=mlp,linear dataset=iris 'tags={a:1,b:2}'"
    assert all(call["parent"] is sweep.parent for call in runs.calls)
    assert {call["folder"].parent for call in runs.calls} == {sweep.folder}
    assert [(number, result.status) for number, _, result in sweep.added] == [(place, "FINISHED") for place in range(4)]
    assert runs.calls[1]["overrides"] == ["seed=1", "network=linear", "dataset=iris", "tags={a:1,b:2}"]
    assert "Member 2 of 4: seed=1 network=linear" in capsys.readouterr().out


def test_every_member_is_checked_before_the_first_runs(runs: Runs, project: Path, capsys: Capture) -> None:
    assert run_command(["train", "-m", "seed=1,2,x"]) == 2
    assert capsys.readouterr().err == "trainyard: 1 mistake in the config\n  seed=x: must be a whole number\n"
    assert not runs.sweeps
    assert not folders(project)


def test_a_member_that_fails_does_not_stop_the_others(runs: Runs, project: Path, capsys: Capture) -> None:
    def end(config: Config, folder: Path) -> int:
        if config.seed == 2:
            raise DataError("no such file")
        (folder / "journal.jsonl").touch()
        if config.seed == 3:
            raise RuntimeError("shapes differ")
        return 0

    runs.end = end
    assert run_command(["train", "-m", "seed=1,2,3,4"]) == 1
    assert [config.seed for config in runs.configs] == [1, 2, 3, 4]
    sweep = runs.sweeps[0]
    left = sorted(path.name for path in sweep.folder.iterdir())
    assert left == ["0-seed=1", "2-seed=3", "3-seed=4"]
    assert [(overrides[-1], result.status, result.exit_code) for _, overrides, result in sweep.added] == [
        ("seed=1", "FINISHED", 0), ("seed=2", "FAILED", 2), ("seed=3", "FAILED", 1), ("seed=4", "FINISHED", 0),
    ]  # fmt: skip
    assert [result.error for _, _, result in sweep.added] == [None, "no such file", "shapes differ", None]
    out, err = capsys.readouterr()
    assert "no such file" in err
    assert "Member 2 of 4: seed=2\n  failed: no such file\n" in out
    assert "Member 3 of 4: seed=3\n  failed: RuntimeError: shapes differ\n" in out


def test_an_error_that_breaks_a_member_before_it_wrote_anything_does_not_stop_the_others(runs: Runs) -> None:
    runs.end = lambda config, _folder: 1 // (config.seed - 1)
    assert run_command(["train", "-m", "seed=1,2"]) == 1
    assert [config.seed for config in runs.configs] == [1, 2]
    assert runs.sweeps[0].stopped is False


@pytest.mark.parametrize("code", [130, 143])
def test_a_signal_stops_the_whole_sweep(runs: Runs, code: int) -> None:
    runs.end = lambda config, _folder: code if config.seed == 2 else 0
    assert run_command(["train", "-m", "seed=1,2,3"]) == code
    assert [config.seed for config in runs.configs] == [1, 2]
    assert runs.sweeps[0].stopped is True


@pytest.mark.parametrize(("signal", "code"), [(KeyboardInterrupt(), 130), (SystemExit(143), 143)])
def test_a_signal_before_a_member_trains_ends_the_sweep(runs: Runs, signal: BaseException, code: int) -> None:
    def interrupt(_config: Config, _folder: Path) -> int:
        raise signal

    runs.end = interrupt
    assert run_command(["train", "-m", "seed=1,2"]) == code
    assert len(runs.calls) == 1
    assert runs.sweeps[0].stopped is True
    assert [(result.status, result.exit_code) for _, _, result in runs.sweeps[0].added] == [("KILLED", code)]


@pytest.mark.parametrize(
    ("codes", "code"), [([0, 0], 0), ([0, 1], 1), ([0, 2], 2), ([1, 2], 1), ([2, 2], 2), ([0, 130], 130), ([], 0)]
)
def test_a_sweep_has_one_exit_code(codes: list[int], code: int) -> None:
    assert sweep_exit_code(codes) == code


@pytest.mark.parametrize(
    ("launcher", "number"),
    [
        ("hydra/launcher=joblib hydra.launcher.n_jobs=2", 2), ("hydra/launcher=joblib hydra.launcher.n_jobs=9", 5),
        ("hydra/launcher=joblib", 4), ("hydra/launcher=joblib hydra.launcher.n_jobs=-2", 3),
        ("hydra/launcher=joblib hydra.launcher.n_jobs=-9", 1), ("hydra/launcher=submitit_local", 5),
        ("hydra/launcher=submitit_slurm", 0),
    ],
)  # fmt: skip
def test_so_many_members_share_the_machine(
    project: Path, monkeypatch: pytest.MonkeyPatch, launcher: str, number: int
) -> None:
    monkeypatch.setattr(cores, "usable_cores", lambda: 4)
    argv = ["-m", "seed=1,2,3,4,5", *launcher.split()]
    assert at_a_time(TrainCommand(parse_flags(argv), "python train.py").compose_sweep(), 5) == number
