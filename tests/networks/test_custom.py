import pytest
import torch

from tests.networks import own
from trainyard.config.schema.model import Custom
from trainyard.errors import ConfigError, NetworkError
from trainyard.networks.custom import custom_network
from trainyard.networks.inputs import Inputs

INPUTS = Inputs(3, (4,))


def build(name, inputs=None, **arguments):
    config = Custom(_target_=f"tests.networks.own.{name}", arguments=arguments)
    return custom_network(config, inputs or Inputs(3), 2, ["tests"])


def test_sizes_are_given_where_the_class_names_them():
    network = build("Fitted", INPUTS, scale=0.5)
    assert type(network) is own.Fitted
    assert network(torch.randn(5, 3), torch.zeros(5, 1, dtype=torch.int64)).shape == (5, 2)


def test_a_network_of_numbers_alone_is_called_like_any_other_under_its_own_names():
    network = build("Plain", features=3, classes=2)
    x = torch.randn(5, 3)
    assert torch.equal(network(x, None), network(x))
    assert list(network.state_dict()) == ["hidden.weight", "hidden.bias", "last.weight", "last.bias"]


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("Plain", {"features": 3}, "cannot be built (TypeError: Plain.__init__() missing 1 required positional"),
        ("Plain", {"features": 3, "classes": 2, "depth": 1}, "It is called with features, classes, depth."),
        ("no_network", {}, "gives str, but a network is a torch.nn.Module."),
        ("not_callable", {}, "is no class and no function, but 3."),
    ],
)
def test_what_is_no_network_is_told_in_a_sentence(name, arguments, told):
    with pytest.raises(NetworkError) as refused:
        build(name, **arguments)
    assert str(refused.value).startswith(f"network._target_=tests.networks.own.{name}: ")
    assert told in str(refused.value)


def test_categories_need_a_network_that_takes_them():
    with pytest.raises(NetworkError, match=r"takes numbers alone, but the data have 1 embedded column\. Let it take "
                                           r"codes \(B, 1\) too, or raise dataset\.one_hot_limit"):  # fmt: skip
        build("Plain", INPUTS, features=3, classes=2)


def test_a_package_that_is_not_trusted_is_not_imported():
    with pytest.raises(ConfigError, match=r"json is not trusted; to run code of it, write trusted=\[json\]"):
        custom_network(Custom(_target_="json.JSONEncoder"), INPUTS, 2, [])
