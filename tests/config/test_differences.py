from tests.config.conftest import compose_quickly as compose
from trainyard.config.differences import Difference, chosen_options, differences
from trainyard.config.text import to_dict


def test_a_config_of_defaults_differs_in_nothing_but_what_has_none():
    without = ["dataset.name", "dataset.target", "experiment_name"]
    assert [each.key for each in differences(to_dict(compose([])))] == without


def test_what_was_chosen_is_told_with_its_default():
    values = to_dict(compose(["network=cnn", "optimizer.lr=0.1", "training.batch_size=8", "seed=3", "tags={a: b}"]))
    assert chosen_options(values)["network"] == "cnn"
    found = differences(values)
    assert Difference("optimizer.lr", 0.1, 0.001) in found
    assert Difference("training.batch_size", 8, 64) in found
    assert Difference("seed", 3, 0) in found
    assert Difference("tags.a", "b", None) in found
    assert "network.name" not in [each.key for each in found]


def test_keys_of_another_version_are_left_out():
    older = {"network": {"name": "mlp", "gone": 1}, "optimizer": {"name": "unknown", "lr": 5}, "old": 2}
    assert differences(older) == []
