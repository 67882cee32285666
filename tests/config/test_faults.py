"""How a fault is said, and where it is listed."""

import pytest

from trainyard.config.faults import Fault, in_order, key_fault, show_value


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "null"), (True, "true"), ([1, "a"], "[1,a]"), ({"a": [True]}, "{a:[true]}"), (1e-3, "0.001"),
     ("x" * 80, "x" * 57 + "..."), ({"password": "hunter22"}, "{password:***}"), ("http://me:pw@host", "http://***@host")],
)  # fmt: skip
def test_a_value_is_shown_as_it_would_be_typed(value: object, shown: str) -> None:
    assert show_value(value) == shown


def test_a_secret_is_not_shown() -> None:
    assert str(key_fault("tags.token", "must be a text", ["hunter22"])) == "tags.token=***: must be a text"


def test_faults_come_in_the_order_of_the_command_line_then_as_found_without_repeats() -> None:
    found = [Fault("c", ("z",)), Fault("b", ("optimizer.lr",)), Fault("a", ("network",)), Fault("c", ("z",))]
    assert in_order(found, ["network.hidden", "optimizer.lr"]) == ["a", "b", "c"]
    assert in_order(found, []) == ["c", "b", "a"]
