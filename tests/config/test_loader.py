"""Composing: the search path, and the short cut for many configs of the same options."""

import shutil
from pathlib import Path

import pytest
from hydra.types import RunMode
from omegaconf import OmegaConf

from trainyard.config.loader import Loader
from trainyard.config.schema.model import NETWORKS
from trainyard.errors import ConfigError

COMMANDS = [
    [],
    ["++seed=3", "network=linear", "++optimizer.lr=0.1"],
    ["experiment=digits", "tags.größe=x", "dataset.columns.a b={kind: category}", "~debug"],
    ["dataset=csv", "dataset.path=a b.csv", "dataset.target=[a,b]", "hydra.run.dir=/tmp/x", "~tags.x=3", "tags.x=3"],
    ["note=${network.name}", "hydra.job.config.override_dirname.exclude_keys=[seed]", "seed=1", "debug=overfit"],
]


@pytest.mark.parametrize("command", COMMANDS[:3] + COMMANDS[4:])
def test_the_short_cut_gives_what_hydra_gives(command: list[str]) -> None:
    short = Loader(repeated=True)
    for _ in range(2):
        whole, quick = (
            loader.load_configuration("train", command, RunMode.RUN) for loader in (Loader(), short)
        )  # fmt: skip
        assert OmegaConf.to_container(quick, resolve=False) == OmegaConf.to_container(whole, resolve=False)
        assert OmegaConf.is_struct(quick) == OmegaConf.is_struct(whole)


def test_a_config_that_was_kept_is_handed_out_once() -> None:
    loader = Loader()
    cfg = loader.load_configuration("train", ["seed=3"], RunMode.RUN)
    loader.keep("train", ["seed=3"], RunMode.RUN, cfg)
    assert loader.load_configuration("train", ["++seed=3"], RunMode.RUN) is cfg
    assert loader.load_configuration("train", ["seed=3"], RunMode.RUN) is not cfg


def test_groups_and_options_are_those_of_all_folders(tmp_path: Path) -> None:
    (tmp_path / "network").mkdir()
    (tmp_path / "flavour").mkdir()
    (tmp_path / "network" / "deep.yaml").write_text("name: mlp\n", encoding="utf-8")
    loader = Loader(str(tmp_path))
    assert loader.options("network") == sorted(["deep", *NETWORKS])
    assert {"network", "flavour", "experiment"} <= set(loader.groups())
    assert "hydra" not in loader.groups()
    assert [loader.is_group(name) for name in ("network", "seed", "", "optimizer.lr")] == [True, False, False, False]


def test_config_path_takes_the_place_of_conf(tmp_path: Path) -> None:
    (tmp_path / "train.yaml").write_text("seed: 5\n", encoding="utf-8")
    cfg = Loader(config_path=str(tmp_path)).load_configuration("train", [], RunMode.RUN)
    assert cfg.seed == 5


@pytest.mark.parametrize("flag", ["config_dir", "config_path"])
def test_a_folder_that_is_not_there_is_refused(tmp_path: Path, flag: str) -> None:
    (tmp_path / "file").touch()
    name = f"--{flag.replace('_', '-')}"
    with pytest.raises(ConfigError, match=f"{name} .*nowhere: there is no such folder$"):
        Loader(**{flag: str(tmp_path / "nowhere")})
    with pytest.raises(ConfigError, match="there is no such folder; it is a file"):
        Loader(**{flag: str(tmp_path / "file")})


def test_outside_of_a_checkout_the_configs_of_the_package_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "trainyard"
    package.mkdir(parents=True)
    shutil.copytree(Path(__file__).parents[2] / "conf", package / "conf")
    monkeypatch.setattr("trainyard.config.root.PACKAGE", package)
    monkeypatch.chdir(tmp_path)
    sources = {source.path for source in Loader().get_sources()}
    assert str(package / "conf") in sources
    assert Loader().load_configuration("train", ["network=linear"], RunMode.RUN).network.name == "linear"


PRESET = "# @package _global_\nnetwork:\n  layers:\n"


def layers_of(folder: Path, text: str, *overrides: str) -> list[str]:
    """Compose network=layers with a preset of this text and return the names of the layers."""
    (folder / "experiment").mkdir(exist_ok=True)
    (folder / "experiment" / "own.yaml").write_text(PRESET + text, encoding="utf-8")
    loader = Loader(str(folder))
    cfg = loader.load_configuration("train", ["network=layers", "experiment=own", *overrides], RunMode.RUN)
    return [f"{name}: {layer.get('type')}" for name, layer in cfg.network.layers.items() if layer is not None]


def test_a_preset_that_lists_a_whole_network_replaces_the_layers_of_the_option(tmp_path: Path) -> None:
    whole = "    conv: {type: Conv2d}\n    again: {share: conv}\n    output: {bias: false}\n"
    assert layers_of(tmp_path, whole) == ["conv: Conv2d", "again: None", "output: None"]


def test_a_preset_that_leaves_a_type_out_changes_the_layers_that_are_there(tmp_path: Path) -> None:
    changed = "    dense1: {out_features: 9}\n    drop: {type: Dropout}\n"
    assert layers_of(tmp_path, changed) == ["dense1: Linear", "activation1: ReLU", "output: Linear", "drop: Dropout"]
    assert layers_of(tmp_path, "    activation1: null\n") == ["dense1: Linear", "output: Linear"]


def test_layers_on_the_command_line_replace_or_change_in_the_same_manner(tmp_path: Path) -> None:
    whole = "    conv: {type: Conv2d}\n"
    assert layers_of(tmp_path, whole, "network.layers={a:{type:ReLU},b:{type:Tanh}}") == ["a: ReLU", "b: Tanh"]
    assert layers_of(tmp_path, whole, "network.layers={conv:{bias:false}}") == ["conv: Conv2d"]
    assert layers_of(tmp_path, whole, "+network.layers.drop.type=Dropout") == ["conv: Conv2d", "drop: Dropout"]
