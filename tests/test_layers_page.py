"""Each block of docs/layers.md is run: networks are built, commands composed and trained, Python executed."""

import os
import re
import shlex
import subprocess
import sys

import pytest
import torch
import yaml

from tests.checkout import REPOSITORY
from trainyard.config.compose import Composer
from trainyard.config.loader import Loader
from trainyard.config.sweep import compose_sweep
from trainyard.networks import Inputs, build_network

PAGE = (REPOSITORY / "docs" / "layers.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PRESETS = [text for language, text in BLOCKS if language == "yaml"]
COMMANDS = [line for language, text in BLOCKS if language == "bash" for line in text.splitlines()]
SCRIPTS = [text for language, text in BLOCKS if language == "python"]
DIGITS = Inputs(64, image_shape=(1, 8, 8))


@pytest.fixture
def in_the_repository(monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.delenv("TRAINYARD_ROOT")


def test_the_page_has_its_blocks():
    assert (len(PRESETS), len(COMMANDS), len(SCRIPTS)) == (4, 4, 1)


@pytest.mark.parametrize("text", PRESETS, ids=lambda text: text.splitlines()[-1].split(":")[0].strip())
def test_a_preset_of_the_page_is_a_network_of_its_own(in_the_repository, tmp_path, text):
    (tmp_path / "experiment").mkdir()
    package = "" if "@package" in text else "# @package _global_\n"
    (tmp_path / "experiment" / "page.yaml").write_text(package + text, encoding="utf-8")
    network = Composer(Loader(str(tmp_path))).compose(["network=layers", "experiment=page"]).config.network
    assert list(network.layers) == list(yaml.safe_load(text)["network"]["layers"])
    assert build_network(network, DIGITS, 10)(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_composes(in_the_repository, command):
    python, script, *words = shlex.split(command)
    assert (python, script) == ("python", "train.py")
    composer = Composer(Loader())
    if words[0] == "-m":
        configs = [member.config for member in compose_sweep(composer, words[1:]).members]
    else:
        configs = [composer.compose(words).config]
    assert all(build_network(config.network, DIGITS, 10) for config in configs)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_trains_and_its_layers_can_be_looked_at(tmp_path, command):
    env = {**os.environ, "TRAINYARD_ROOT": str(tmp_path), "PYTHONPATH": str(REPOSITORY / "src")}
    words = shlex.split(command)[2:]
    train = [sys.executable, str(REPOSITORY / "train.py"), *words, "tracking=off", "training.max_epochs=2"]
    subprocess.run(train, cwd=REPOSITORY, env=env, check=True, capture_output=True)
    if "activation1=null" in command:
        return
    looked = subprocess.run(
        [sys.executable, "-c", SCRIPTS[0]], cwd=tmp_path, env=env, check=True, capture_output=True, text=True
    )
    assert re.fullmatch(r"\(2, \d+\)\n", looked.stdout)
