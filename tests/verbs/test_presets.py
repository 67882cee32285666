"""Every preset and every debug option runs from end to end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verbs.conftest import REPOSITORY

PRESETS = [f"{group}={path.stem}" for group in ("experiment", "debug")
           for path in sorted((REPOSITORY / "conf" / group).glob("*.yaml"))]  # fmt: skip
GOOD = {  # a test metric that each preset reaches, with room to spare
    "experiment=digits": ("test/accuracy", 0.97), "experiment=digits_linear": ("test/accuracy", 0.93),
    "experiment=iris": ("test/accuracy", 0.9), "experiment=diabetes": ("test/r2", 0.3),
    "experiment=salmon": ("test/r2", 0.96), "experiment=salmon_huber": ("test/r2", 0.96),
    "experiment=salmon_linear": ("test/r2", 0.93), "experiment=salmon_layers": ("test/r2", 0.96),
    "experiment=digits_layers": ("test/accuracy", 0.975), "experiment=digits_cnn": ("test/accuracy", 0.97),
    "experiment=mnist": ("test/accuracy", 0.9), "experiment=diabetes_intervals": ("test/r2", 0.3),
    "experiment=wine": ("test/accuracy", 0.9),
    "experiment=breast_cancer": ("test/accuracy", 0.9), "experiment=digits_augmented": ("test/accuracy", 0.97),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_runs_and_is_good(preset: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "train.py", preset, "tracking=off", "accelerator=cpu"], cwd=REPOSITORY, text=True,
        env={**os.environ, "TRAINYARD_ROOT": str(tmp_path)}, capture_output=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert preset == "debug=profile" or ended.stderr == ""  # torch's profiler talks by itself
    metrics = json.loads((tmp_path / "runs" / "latest" / "metrics.json").read_text(encoding="utf-8"))
    if preset in GOOD:
        name, least = GOOD[preset]
        assert metrics[name] > least


@pytest.mark.slow
def test_overfit_learns_its_two_minibatches_by_heart(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "train.py", "debug=overfit", "tracking=off", "accelerator=cpu"], cwd=REPOSITORY, check=True,
        env={**os.environ, "TRAINYARD_ROOT": str(tmp_path)}, capture_output=True,
    )  # fmt: skip
    metrics = json.loads((tmp_path / "runs" / "latest" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["best/loss"] < 0.05


def test_every_preset_has_a_metric_to_reach() -> None:
    assert set(GOOD) == {preset for preset in PRESETS if preset.startswith("experiment=")}
