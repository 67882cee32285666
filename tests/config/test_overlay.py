"""A resolved config with what was typed laid over it."""

from pathlib import Path

import pytest

from tests.config.conftest import ALL_OPTIMIZERS
from trainyard.config.compose import Composer, compose
from trainyard.config.loader import Loader
from trainyard.config.overlay import read_resolved
from trainyard.config.text import to_yaml
from trainyard.errors import ConfigError

TYPED = ["dataset=salmon", "network.hidden=[8,4]", "schedule=cosine", "training.max_epochs=7", "tags.owner=me",
         "dataset.columns.age_years.kind=numeric"]  # fmt: skip


@pytest.fixture
def resolved(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(to_yaml(compose(TYPED)), encoding="utf-8")
    return path


def over(path: Path, *overrides: str):
    return Composer(Loader(), "train", read_resolved(path, f"config={path}")).compose(overrides)


def faults(path: Path, *overrides: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as error:
        over(path, *overrides)
    return error.value.faults


def test_without_a_word_it_is_the_config_again(resolved: Path) -> None:
    assert over(resolved).config == compose(TYPED)


def test_keys_are_laid_over_it(resolved: Path) -> None:
    typed = ["seed=3", "network.hidden=[5]", "tags.purpose=a b", "dataset.columns.weight_g.transform=robust"]
    assert over(resolved, *typed).config == compose([*TYPED, *typed])


def test_an_option_takes_the_place_of_its_section(resolved: Path) -> None:
    composed = over(resolved, "network=linear", "schedule=one_cycle", "schedule.peak_fraction=0.2")
    assert composed.config.network == compose(["network=linear"]).network
    assert composed.config.schedule.peak_fraction == 0.2
    assert composed.config.training.max_epochs == 7
    assert over(resolved, "dataset=iris").config.dataset == compose(["dataset=iris"]).dataset


def test_the_run_goes_to_the_experiment_of_the_config(resolved: Path) -> None:
    assert over(resolved).cfg.experiment_name == "salmon"
    assert "/runs/salmon/" in over(resolved).cfg.hydra.run.dir


def test_all_mistakes_are_found_at_once(resolved: Path) -> None:
    typed = ["network.hiden=3", "optimizer=sgdd", "seed=x", "experiment=iris", "training.batch_size=0"]
    assert faults(resolved, *typed) == (
        "network.hiden: no such key; did you mean network.hidden?",
        f"optimizer=sgdd: no such optimizer; did you mean sgd? There are {ALL_OPTIMIZERS}.",
        "seed=x: must be a whole number",
        "experiment=iris: a preset cannot be laid over a resolved config; give the keys that it sets",
        "training.batch_size=0: must be at least 1 (rows)",
    )  # fmt: skip


def test_a_value_of_the_file_is_checked_too(resolved: Path) -> None:
    resolved.write_text(resolved.read_text().replace("max_epochs: 7", "max_epochs: -7"))
    assert faults(resolved) == ("training.max_epochs=-7: must be at least 1 (epochs)",)


def test_what_is_no_resolved_config_is_told(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("[1, 2]")
    (tmp_path / "broken.yaml").write_text("a: [1")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    for name, words in {
        "list.yaml": "is no resolved config; the config.yaml of a run is one", "broken.yaml": "cannot be read as YAML",
        "bytes.yaml": "cannot be read as YAML", "none.yaml": "there is no file", ".": "is a folder",
    }.items():  # fmt: skip
        with pytest.raises(ConfigError, match=words):
            read_resolved(tmp_path / name, f"config={name}")
