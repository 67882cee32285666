"""How a fault is said, and where it is listed."""

import pytest

from trainyard.config.faults import Fault, hide_values, in_order, key_fault, show_value


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "null"), (True, "true"), ([1, "a"], "[1,a]"), ({"a": [True]}, "{a:[true]}"), (1e-3, "0.001"),
     ("x" * 80, "x" * 57 + "..."), ({"password": "hunter22"}, "{password:***}"), ("http://me:pw@host", "http://***@host")],
)  # fmt: skip
def test_a_value_is_shown_as_it_would_be_typed(value: object, shown: str) -> None:
    assert show_value(value) == shown


def test_a_secret_is_not_shown() -> None:
    assert str(key_fault("tags.token", "must be a text", ["hunter22"])) == "tags.token=***: must be a text"


def test_values_of_masked_keys_are_not_shown_however_short() -> None:
    values = {"optimizer": {"lr": "12x"}, "tags": {"a.b": "xyz"}, "note": [1, "12x"], "seed": "12x"}
    masked = ("optimizer.lr", "tags.a.b", "note.1")
    for text, hidden in {
        "optimizer.lr=12x: must be a number": "optimizer.lr=***: must be a number",
        "tags.a.b=xyz: is wrong": "tags.a.b=***: is wrong",
        "note=[1,12x]: must be a text": "note=[1,***]: must be a text",
        "seed=12x: must be a whole number": "seed=12x: must be a whole number",
    }.items():
        assert hide_values(Fault(text, ("k",)), values, masked) == Fault(hidden, ("k",))


def test_faults_come_in_the_order_of_the_command_line_then_as_found_without_repeats() -> None:
    found = [Fault("c", ("z",)), Fault("b", ("optimizer.lr",)), Fault("a", ("network",)), Fault("c", ("z",))]
    assert in_order(found, ["network.hidden", "optimizer.lr"]) == ["a", "b", "c"]
    assert in_order(found, []) == ["c", "b", "a"]
