from pathlib import Path

from tests.synthetic import make_config
from trainyard.training.result import point_latest, run_name


def test_a_run_is_called_by_its_choices_and_its_folder():
    folder = Path("runs/made/2026-11-23_10-00-00-4f2a")
    assert run_name(make_config(), folder, sweep=False) == "made-mlp-4f2a"
    assert run_name(make_config(run_name="mine"), folder, sweep=False) == "mine"


def test_latest_points_to_the_newest_and_is_replaced(tmp_path):
    for name in ("a", "b"):
        (tmp_path / "made" / name).mkdir(parents=True)
        point_latest(tmp_path / "made" / name, tmp_path)
        assert (tmp_path / "latest").resolve().name == name
    assert not (tmp_path / "latest").readlink().is_absolute()
