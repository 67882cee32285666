"""A config to YAML and back."""

import json

import pytest
import yaml

from tests.config.conftest import compose_quickly as compose
from trainyard.config.text import from_dict, masked_keys, to_dict, to_yaml
from trainyard.errors import ConfigError

COMMANDS = [
    [],
    ["experiment=salmon_huber", "tags.owner=me"],
    ["dataset=csv", "dataset.path=ä.csv", "dataset.target=[a,b]", "dataset.columns.x y.kind=category"],
    ["experiment=salmon_layers", "network.layers.dense2.init_bias={name: constant, val: 0.1}"],
    ["network=layers", "+network.layers.drop={type: Dropout, after: dense1}", "network.layers.activation1=null"],
    ["optimizer=sgd", "schedule=plateau", "training.max_time=2h", "network=linear", "accelerator.precision=64"],
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_config_survives_yaml(command: list[str]) -> None:
    config = compose(command)
    assert from_dict(yaml.safe_load(to_yaml(config))) == config


def test_layers_keep_their_order() -> None:
    config = compose(["experiment=digits_layers"])
    layers = from_dict(yaml.safe_load(to_yaml(config))).network.layers
    assert list(layers)[:4] == ["conv1", "norm1", "activation1", "pool1"]
    assert list(from_dict(json.loads(json.dumps(to_dict(config)))).network.layers) == list(layers)


def test_yaml_is_short_where_it_can_be() -> None:
    text = to_yaml(compose(["network.hidden=[64,32]"]))
    assert "  hidden: [64, 32]\n" in text
    assert "  target: [digit]\n" in text


def test_secrets_are_masked_and_the_config_stays_readable() -> None:
    config = compose(["tags.password=hunter22", "tags.owner=me", "tracking=server",
                      "tracking.uri=http://me:hunter22@host"])  # fmt: skip
    assert "hunter22" not in to_yaml(config)
    assert to_dict(config)["tags"] == {"password": "***", "owner": "me"}
    assert from_dict(to_dict(config)).tracking.uri == "http://***@host"
    assert set(masked_keys(config)) == {"tags.password", "tracking.uri"}


def test_a_wrong_container_is_refused_with_all_faults() -> None:
    values = to_dict(compose())
    values["seed"], values["network"]["breadth"] = "x", 3
    with pytest.raises(ConfigError) as error:
        from_dict(values)
    assert error.value.faults == (
        "network.breadth: no such key; network=mlp has embedding_size, hidden, activation, dropout, normalization and "
        "residual",
        "seed=x: must be a whole number",
    )


def test_arguments_of_ones_own_code_come_back() -> None:
    config = compose([
        "trusted=[mine]", "network=custom", "network._target_=mine.Net", "model=classifier",
        "network.arguments={sizes: [1, 2], deep: {a: b}}", "network.arguments.deep.c=3",
        "model.extra_metrics.gini={_target_: mine.gini, direction: min}",
    ])  # fmt: skip
    assert config.network.arguments == {"sizes": [1, 2], "deep": {"a": "b", "c": 3}}  # type: ignore[attr-defined]
    assert from_dict(yaml.safe_load(to_yaml(config))) == config
