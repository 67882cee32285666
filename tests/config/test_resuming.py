"""What may be changed when a run goes on."""

from pathlib import Path

import pytest

from trainyard.config.compose import compose
from trainyard.config.resuming import check_changes, differences
from trainyard.config.text import to_dict
from trainyard.errors import ConfigError

FOLDER = Path("runs/digits/a")


def changes(*typed: str) -> list[str]:
    return check_changes(compose([]), compose(typed), FOLDER)


def test_what_changes_no_result_needs_no_word() -> None:
    assert changes("note=x", "tags.a=b", "tracking=off", "training.progress=false", "training.block=3") == []


def test_what_changes_the_rest_of_the_training_is_warned_of() -> None:
    assert changes("training.max_epochs=40", "optimizer.lr=0.01", "accelerator.threads=2") == [
        "optimizer.lr=0.01 from here on; it was 0.001",
        "accelerator.threads=2 from here on; it was auto",
        "training.max_epochs=40 from here on; it was 20",
    ]


def test_what_would_be_another_run_is_refused_all_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        changes("seed=1", "network.hidden=[3]", "dataset=iris", "training.max_epochs=40", "optimizer=sgd")
    assert error.value.faults == (
        "dataset=iris: the run was begun with digits, and keeps it",
        "optimizer=sgd: the run was begun with adamw, and keeps it",
        "network.hidden=[3]: the run was begun with [256], and keeps it",
        "seed=1: the run was begun with 0, and keeps it",
        "experiment_name=iris: the run was begun with digits, and keeps it.\n"
        "For a new run write config=runs/digits/a/config.yaml instead of resume",
    )


def test_masked_values_are_no_change() -> None:
    before, after = to_dict(compose(["tags.api_key=hunter22"])), to_dict(compose(["tags.api_key=other33"]))
    assert list(differences(before, after)) == []
