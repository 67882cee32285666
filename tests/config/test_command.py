"""Hydra's part in a command: what it prints, run folders, members in turn."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hydra.experimental.callback import Callback

from trainyard.config.command import TrainCommand
from trainyard.config.compose import Composed
from trainyard.config.flags import parse_flags
from trainyard.errors import ConfigError, DataError


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TrainCommand]:
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    return lambda *argv: TrainCommand(parse_flags(argv), "python train.py")


def shown(command: TrainCommand, capsys: pytest.CaptureFixture[str]) -> str:
    command.show()
    return capsys.readouterr().out


Make = Callable[..., TrainCommand]
Capture = pytest.CaptureFixture[str]


def test_help_shows_every_group_with_its_options_and_lines_to_paste(command: Make, capsys: Capture) -> None:
    text = shown(command("--help"), capsys)
    assert "  dataset      what is learned from: arrays, breast_cancer, csv, custom, diabetes, digits*, idx,\n" in text
    assert "  network      the layers between the two: cnn, " in text
    assert "  python train.py dataset=salmon model=regressor optimizer.lr=0.003\n" in text
    assert max(map(len, text.splitlines())) <= 100


def test_help_knows_options_of_ones_own(command: Make, capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "more" / "network").mkdir(parents=True)
    (tmp_path / "more" / "network" / "deep.yaml").write_text("name: mlp\n", encoding="utf-8")
    assert "deep, " in shown(command("--help", "--config-dir", str(tmp_path / "more")), capsys)


def test_cfg_prints_the_config(command: Make, capsys: Capture) -> None:
    text = shown(command("--cfg", "job", "optimizer=sgd", "optimizer.lr=0.2", "-p", "optimizer"), capsys)
    assert text == "# @package optimizer\nname: sgd\nlr: 0.2\nweight_decay: 0.0\nmomentum: 0.9\nnesterov: true\n"


def test_cfg_shows_what_has_still_to_be_given(command: Make, capsys: Capture) -> None:
    assert "path: ???" in shown(command("--cfg", "job", "dataset=csv"), capsys)
    with pytest.raises(ConfigError, match=r"optimizer.lr=0: must be greater than 0"):
        command("--cfg", "job", "optimizer.lr=0").show()


@pytest.mark.parametrize("what", [["job", "--resolve"], ["job"], ["all"], ["hydra"], ["hydra", "--resolve", "-p",
                                  "hydra.overrides"]])  # fmt: skip
def test_cfg_prints_no_secrets(
    command: Make, capsys: Capture, monkeypatch: pytest.MonkeyPatch, what: list[str]
) -> None:
    monkeypatch.setenv("PLACE", "http://localhost/hunter33")
    overrides = ["tags.password=hunter22", "tracking=server", "tracking.uri=${oc.env:PLACE}", "note=at ${tracking.uri}"]
    text = shown(command("--cfg", *what, *overrides), capsys)
    assert "hunter" not in text
    assert "***" in text


@pytest.mark.parametrize("info", ["defaults", "defaults-tree", "config", "plugins", "searchpath", "all"])
def test_info_works(command: Make, capsys: Capture, info: str) -> None:
    assert len(shown(command("--info", info, "network=linear"), capsys)) > 100


def test_info_prints_no_secrets(command: Make, capsys: Capture) -> None:
    text = shown(command("--info", "all", "tags.password=hunter22", "note=at http://me:hunter22@host"), capsys)
    assert "password: '***'" in text
    assert "hunter" not in text


def test_hydras_help_works(command: Make, capsys: Capture) -> None:
    assert "== Flags ==" in shown(command("--hydra-help"), capsys)


def test_completion_works(command: Make, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "hydra_bash_completion" in shown(command("-sc", "install=bash"), capsys)
    for line, found in {"network=m": "network=mlp", "optimizer.l": "optimizer.lr="}.items():
        monkeypatch.setenv("COMP_LINE", f"python train.py {line}")
        assert shown(command("-sc", "query=bash"), capsys) == f"{found}\n"


def test_a_run_gets_a_fresh_folder_below_the_root(command: Make, tmp_path: Path) -> None:
    run = command("dataset=iris", "seed=3")
    seen: list[tuple[int, Path]] = []

    def task(composed: Composed, folder: Path) -> str:
        seen.append((composed.config.seed, folder))
        return "done"

    assert run.run(run.compose(), task) == "done"
    assert seen[0][0] == 3
    assert seen[0][1].is_dir()
    assert seen[0][1].parent == tmp_path / "runs" / "iris"
    assert not list(seen[0][1].iterdir())


def test_what_a_task_raises_comes_out_as_it_is(command: Make, capsys: Capture) -> None:
    def task(_composed: Composed, _folder: Path) -> None:
        raise DataError("no such file")

    run = command()
    with pytest.raises(DataError, match="no such file"):
        run.run(run.compose(), task)
    assert capsys.readouterr() == ("", "")


def test_members_run_in_turn_in_one_folder(command: Make, tmp_path: Path, capsys: Capture) -> None:
    sweeping = command("-m", "dataset=iris,salmon", "network.hidden=[8],[8,8]", "seed=5")
    sweep = sweeping.compose_sweep()
    seen: list[tuple[str, Path]] = []
    sweeping.run_members(sweep, lambda composed, folder: seen.append((composed.config.dataset.name, folder)))
    assert [name for name, _ in seen] == ["iris", "iris", "salmon", "salmon"]
    assert [folder.name for _, folder in seen] == [
        "0-dataset=iris,hidden=[8]", "1-dataset=iris,hidden=[8,8]", "2-dataset=salmon,hidden=[8]",
        "3-dataset=salmon,hidden=[8,8]",
    ]  # fmt: skip
    assert {folder.parent for _, folder in seen} == {sweep.folder}
    assert sweep.folder.parent == tmp_path / "runs" / "iris-salmon"
    assert sorted(path.name for path in sweep.folder.iterdir()) == [folder.name for _, folder in seen]
    assert capsys.readouterr().out == ""


def test_a_long_sweep_keeps_few_configs_and_still_runs_all(command: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainyard.config.loader.KEPT_AT_MOST", 1)
    sweeping = command("-m", "seed=1,2,3")
    sweep = sweeping.compose_sweep()
    seen: list[tuple[int, str]] = []
    sweeping.run_members(sweep, lambda composed, folder: seen.append((composed.config.seed, folder.name)))
    assert seen == [(1, "0-seed=1"), (2, "1-seed=2"), (3, "2-seed=3")]


def test_a_sweep_can_be_ended_by_its_task(command: Make) -> None:
    sweeping = command("-m", "seed=1,2,3")
    seen: list[int] = []

    def task(composed: Composed, _folder: Path) -> None:
        seen.append(composed.config.seed)
        raise SystemExit(130)

    with pytest.raises(SystemExit):
        sweeping.run_members(sweeping.compose_sweep(), task)
    assert seen == [1]


@pytest.mark.parametrize(
    ("argv", "sweeps"),
    [(["-m"], True), (["hydra.mode=MULTIRUN"], True), (["k_fold=3"], True), (["seed=1"], False)],
)
def test_there_are_three_ways_to_ask_for_a_sweep(command: Make, argv: list[str], sweeps: bool) -> None:
    assert command(*argv).is_multirun is sweeps


def test_a_cross_validation_is_a_sweep_over_its_folds(command: Make) -> None:
    sweep = command("k_fold=3", "optimizer.lr=0.1,0.01", "dataset=iris").compose_sweep()
    assert [(m.config.optimizer.lr, m.config.dataset.fold, m.config.dataset.folds) for m in sweep.members] == [
        (0.1, 0, 3), (0.1, 1, 3), (0.1, 2, 3), (0.01, 0, 3), (0.01, 1, 3), (0.01, 2, 3),
    ]  # fmt: skip
    assert sweep.swept_keys == ("optimizer.lr", "dataset.fold")
    with pytest.raises(ConfigError, match="resume: is about one run; leave out -m and k_fold"):
        command("k_fold=3", "resume=latest")


def test_callbacks_of_hydra_hear_of_a_sweep(command: Make, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    callback = "{_target_: tests.config.test_command.Heard, file: " + str(heard) + "}"
    sweeping = command("-m", "seed=1,2", f"+hydra.callbacks.mine={callback}")
    sweep = sweeping.compose_sweep()
    with sweeping.multirun(sweep):
        sweeping.run_members(sweep, lambda _composed, _folder: None)
    assert heard.read_text(encoding="utf-8").split() == ["begin", "job", "job", "end"]


class Heard(Callback):
    """Notes what Hydra tells it."""

    def __init__(self, file: str):
        self.file = Path(file)

    def note(self, word: str) -> None:
        with self.file.open("a", encoding="utf-8") as file:
            file.write(f"{word}\n")

    def on_multirun_start(self, **_: Any) -> None:
        self.note("begin")

    def on_job_start(self, **_: Any) -> None:
        self.note("job")

    def on_multirun_end(self, **_: Any) -> None:
        self.note("end")


@pytest.mark.parametrize("key", ["output=pipeline/digits", "resume=latest"])
@pytest.mark.parametrize("sweeping", ["-m", "hydra.mode=MULTIRUN"])
def test_what_is_about_one_run_is_refused_in_a_sweep(command: Make, key: str, sweeping: str) -> None:
    with pytest.raises(ConfigError, match=f"{key.partition('=')[0]}: is about one run; leave out -m"):
        command(sweeping, "seed=1,2", key)


def test_the_folder_that_a_run_hands_on_to_is_no_part_of_its_config(command: Make) -> None:
    run = command("output=~/digits", "seed=3")
    assert run.output == Path.home() / "digits"
    assert run.overrides == ["seed=3"]
    assert command("seed=3").output is None
