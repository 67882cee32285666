"""Overrides as a tree, as params.yaml holds them."""

from typing import Any

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.config.conftest import compose_quickly
from trainyard.config.schema.run import Config
from trainyard.config.text import from_dict, to_dict
from trainyard.config.tree import tree_overrides, written
from trainyard.errors import ConfigError

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.text("ab \t\n,[]{}()'\"\\:=$#~-+.1e", max_size=12)
SINGLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
NAMES = st.from_regex(r"[a-z_][a-z0-9_-]{0,6}( [a-z0-9]{1,3})?", fullmatch=True).filter(
    lambda name: name not in ("null", "true", "false", "inf", "nan", "infinity")
)
VALUES = st.recursive(SINGLE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
WORDS = ["plain", "two words", " edge ", "ümläut", "a=b", "x/y.csv", "50%", "it's", "(a)", "choice(a,b)", "~home", "#1",
         "a;b", "C:\\x\\", "a, b", "[a]", "{a}", "null", "True", "1e-3", "2m", "", "'quoted'", '"', "\\'"]  # fmt: skip
CHOICES = {
    "network": [["mlp", "network.hidden=[8,4]"], ["linear"], ["mlp", "network.dropout=0.1"]],
    "optimizer": [["sgd", "optimizer.lr=0.2"], ["adamw", "optimizer.weight_decay=1e-05"]],
    "schedule": [["constant"], ["cosine"], ["one_cycle", "schedule.peak_fraction=0.2"]],
    "dataset": [["digits"], ["salmon", "dataset.columns.age_years.kind=numeric"], ["iris", "dataset.ignore=[]"],
                ["csv", "dataset.path=my data/t.csv", "dataset.target=[a b,c]", "dataset.columns.d e.kind=category"]],
    "tracking": [["local"], ["off"]],
}  # fmt: skip


def composed_again(config: Config) -> Config:
    return compose_quickly(tree_overrides(to_dict(config), "params.yaml: digits"))


@settings(max_examples=6, deadline=None)
@given(
    st.fixed_dictionaries({group: st.sampled_from(lines) for group, lines in CHOICES.items()}), st.integers(0, 99),
    st.sampled_from(WORDS), st.dictionaries(st.sampled_from(["owner", "a b", "x.y", "ü"]), st.sampled_from(WORDS)),
)  # fmt: skip
def test_a_config_as_a_tree_is_that_config_again(
    choices: dict[str, list[str]], seed: int, note: str, tags: dict[str, str]
) -> None:
    lines = [f"{group}={option}" for group, (option, *_) in choices.items()]
    config = compose_quickly([*lines, *(key for _, *keys in choices.values() for key in keys), f"seed={seed}"])
    config = from_dict({**to_dict(config), "note": note, "tags": tags})
    assert composed_again(config) == config


@pytest.mark.parametrize(
    "overrides",
    [
        ["experiment=salmon"],
        ["experiment=digits", "callbacks.mine={_target_:own.Callback,widths:[1,2],inner:{}}", "trusted=own"],
        ["network=custom", "network._target_=own.Net", "network.arguments={a:{},b:{c:[x,y]}}", "trusted=[own]"],
        ["network=layers", "network.layers.a.type=Linear", "network.layers.a.out_features=8"],
        ["dataset=digits", "dataset.augment.noise=0.1", "training.max_time=2m", "dataset.target=digit"],
    ],
)
def test_what_is_free_or_nested_comes_back_too(overrides: list[str]) -> None:
    config = compose_quickly(overrides)
    assert composed_again(config) == config


@settings(deadline=None)
@given(VALUES)
def test_a_value_is_read_by_hydra_as_it_was(value: Any) -> None:
    read = OverridesParser.create().parse_override(f"key={written(value)}").value()
    assert (read, repr(read)) == (value, repr(value))


def test_the_lines_are_those_that_one_would_type() -> None:
    tree = {
        "experiment": ["digits", "small"], "network": {"name": "cnn", "kernel": 5}, "optimizer": "sgd",
        "dataset": {"source": "csv", "path": "data/t.csv"}, "training": {"max_epochs": 3, "patience": None},
        "callbacks": [], "seed": 3, "tags": {"owner": "me", "empty": ""}, "note": "a, b",
    }  # fmt: skip
    assert tree_overrides(tree, "here") == [
        "experiment=[digits,small]", "network=cnn", "network.kernel=5", "optimizer=sgd", "dataset=csv",
        "dataset.path=data/t.csv", "training.max_epochs=3", "training.patience=null", "callbacks=[]", "seed=3",
        "tags.owner=me", "tags.empty=''", "note='a, b'",
    ]  # fmt: skip
    assert tree_overrides({}, "here") == []


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        (None, "here: must hold overrides as keys, such as {experiment: digits, seed: 3}"),
        (["seed=3"], "here: must hold overrides as keys, such as {experiment: digits, seed: 3}"),
        ({3: 4}, "here: 3 is no key; a key is a word"),
        ({"tags": {"a=b": "c"}}, "tags: a=b is no name that an override can set; leave out the ="),
        ({"network": {"arguments": {"x": {"ü": 1}}}}, "ü: is no name that a value can have here; take letters, digits"),
        ({"network": {"arguments": {"x": {"1": 1}}}}, "1: is no name that a value can have here; take letters, digits"),
    ],
)  # fmt: skip
def test_what_is_no_tree_is_told(tree: Any, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        tree_overrides(tree, "here")
    assert str(error.value).startswith(told)
