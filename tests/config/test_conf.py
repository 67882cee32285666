"""The files of conf/: they say what the schema says, and every one of them composes."""

import itertools
from pathlib import Path

import pytest
import yaml

from tests.config import option_text
from tests.config.conftest import compose_quickly as compose
from trainyard.config.compose import Composer
from trainyard.config.keys import FREE_GROUPS, GROUPS, OVERLAYS
from trainyard.config.loader import Loader
from trainyard.config.rules.rule import BUILT_IN_TASKS
from trainyard.config.schema.model import Classifier, Regressor
from trainyard.config.text import to_dict

CONF = option_text.CONF
EXPERIMENTS = sorted(path.stem for path in (CONF / "experiment").glob("*.yaml"))
DEBUGS = sorted(path.stem for path in (CONF / "debug").glob("*.yaml"))
CSV = ("dataset.path=houses.csv", "dataset.target=price")


@pytest.mark.parametrize("option", option_text.shipped_options())
def test_an_option_file_has_each_key_with_its_meaning_unit_and_default(option: str) -> None:
    assert (CONF / f"{option}.yaml").read_text(encoding="utf-8") == option_text.option_text(option)


def test_every_option_file_is_one_of_the_schema() -> None:
    shipped = {f"{path.parent.name}/{path.stem}" for group in GROUPS for path in (CONF / group).glob("*.yaml")}
    assert shipped == set(option_text.shipped_options())


def test_train_yaml_has_the_keys_of_the_training_and_of_the_top() -> None:
    text = (CONF / "train.yaml").read_text(encoding="utf-8")
    assert option_text.training_text() in text
    assert option_text.top_text() in text


@pytest.mark.parametrize("option", option_text.shipped_options())
def test_every_option_composes(option: str) -> None:
    group, name = option.split("/")
    more = {
        "dataset/csv": CSV,
        "dataset/idx": ["dataset.path=mnist"],
        "dataset/image_folder": ["dataset.path=birds"],
        "dataset/arrays": ["dataset.path=waves.npz"],
        "dataset/custom": ["dataset._target_=own.load", "dataset.target=y", "trusted=own"],
        "tracking/server": ["tracking.uri=http://localhost:5000"],
        "model/regressor": ["dataset=salmon"],
        "network/custom": ["network._target_=mine.Net", "trusted=mine"],
    }.get(option, ())  # fmt: skip
    config = compose([f"{group}={name}", *more])
    assert vars(getattr(config, group))["source" if group == "dataset" else "name"] == name


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_preset_composes_and_sets_more_than_one_group(experiment: str) -> None:
    preset = yaml.safe_load((CONF / "experiment" / f"{experiment}.yaml").read_text(encoding="utf-8"))
    assert len(preset) >= 3
    config = compose([f"experiment={experiment}"])
    assert isinstance(config.model, Classifier | Regressor)
    composed = to_dict(config)
    for section, values in preset.items():
        for name, value in () if section == "defaults" else values.items():
            found = composed[section][name]
            assert found == (found | value if isinstance(value, dict) else value), f"{section}.{name}"


@pytest.mark.parametrize(("experiment", "debug"), list(itertools.product([*EXPERIMENTS[:2], "salmon"], DEBUGS)))
def test_every_debug_option_goes_with_a_preset(experiment: str, debug: str) -> None:
    assert compose([f"experiment={experiment}", f"debug={debug}"]).training.patience is None


def test_the_overlays_and_what_is_handed_on_are_the_only_groups_without_a_schema() -> None:
    shipped = {path.name for path in CONF.iterdir() if path.is_dir()} - {"local"}
    assert shipped == {*GROUPS, *OVERLAYS, *FREE_GROUPS} - {"local"}


def test_the_defaults_are_handwritten_digits_on_what_the_machine_has() -> None:
    config = compose()
    assert (config.dataset.source, config.model.name, config.network.name) == ("digits", "auto", "mlp")
    assert (config.accelerator.name, config.tracking.name, config.experiment_name) == ("auto", "local", "digits")


def test_no_config_names_code_of_itself() -> None:
    lines = {line for path in Path(CONF).rglob("*.yaml") for line in path.read_text(encoding="utf-8").splitlines()}
    assert {line for line in lines if "_target_" in line and not line.startswith("#")} == {"_target_: ???"}


def test_run_folders_of_the_same_second_differ() -> None:
    folders = {str(Composer(Loader()).compose([]).cfg.hydra.run.dir) for _ in range(3)}
    assert len(folders) == 3
    assert all(folder.startswith(f"{CONF.parent}/runs/digits/2") for folder in folders)


@pytest.mark.parametrize(("built_in", "task"), BUILT_IN_TASKS.items())
def test_the_rules_know_the_targets_of_the_built_in_datasets(built_in: tuple[str, tuple[str, ...]], task: str) -> None:
    source, target = built_in
    assert compose([f"dataset={source}"]).dataset.target == target
