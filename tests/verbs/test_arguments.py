"""The key=value arguments of a small verb."""

import pytest

from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help, flag

VERB = Verb("clean", "Cleans.", {"older_than": "age, such as 30d", "size": "bytes"}, ("size=2GB",))


def test_arguments_are_read_by_key() -> None:
    assert VERB.read(["size=2GB", "older_than=30d"]) == {"size": "2GB", "older_than": "30d"}


def test_all_that_is_wrong_is_found() -> None:
    with pytest.raises(ArgumentsError) as error:
        VERB.read(["sise=2GB", "older_than", "size=", "--size=3", "x", "size=1"])
    assert error.value.faults == (
        "sise=2GB: no such key; did you mean size?",
        "older_than: has no value; write older_than=<value>",
        "size=: has no value; write size=<value>",
        "--size=3: no such key; did you mean size?",
        "x: is not key=value; trainyard clean takes older_than and size",
        "size=1: size is there twice",
    )
    assert (error.value.stage, error.value.exit_code) == ("arguments", 2)


def test_a_flag_is_true_or_false() -> None:
    assert [flag(values, "json") for values in ({}, {"json": "True"}, {"json": "false"})] == [False, True, False]
    with pytest.raises(ArgumentsError, match="json=yes: must be true or false"):
        flag({"json": "yes"}, "json")


def test_the_help_has_keys_and_lines() -> None:
    assert VERB.help() == (
        "Cleans.\n\n  trainyard clean [key=value ...]\n\n  older_than  age, such as 30d\n  size        bytes\n\n"
        "Lines to paste\n  trainyard clean size=2GB"
    )


@pytest.mark.parametrize(("argv", "asks"), [(["-h"], True), (["run=1", "--help"], True), (["run=help"], False)])
def test_help_may_stand_anywhere(argv: list[str], asks: bool) -> None:
    assert asks_for_help(argv) is asks
