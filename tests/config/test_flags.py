"""Flags, in any place between overrides."""

import pytest

from trainyard.config.flags import parse_flags, shows_something
from trainyard.errors import ConfigError


def test_flags_may_stand_between_overrides() -> None:
    flags = parse_flags(["seed=1,2", "-m", "network=mlp,linear", "--config-name", "mine", "note=x"])
    assert flags.multirun
    assert flags.config_name == "mine"
    assert flags.overrides == ["seed=1,2", "network=mlp,linear", "note=x"]


@pytest.mark.parametrize(("argv", "shows"), [(["--help"], True), (["-c", "job"], True), (["-m"], False), ([], False)])
def test_some_flags_only_show_something(argv: list[str], shows: bool) -> None:
    assert shows_something(parse_flags(argv)) is shows


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("--optimizer.lr=0.1", "--optimizer.lr=0.1: no such flag; keys are set without dashes: optimizer.lr=0.1"),
        ("--lr 0.1", "--lr: no such flag; keys are set without dashes: optimizer.lr=0.1"),
        ("--batch-size=8", "--batch-size=8: no such flag; keys are set without dashes: training.batch_size=8"),
        ("--multirum", "--multirum: no such flag; did you mean --multirun?"),
        ("--gpu", "--gpu: no such flag; choices are made without dashes: accelerator=gpu"),
        ("-x", "-x: no such flag"),
        ("--cfg everything", "--cfg/-c: invalid choice: 'everything' (choose from 'job', 'hydra', 'all')"),
        ("--config-dir", "--config-dir/-cd: expected one argument"),
        ("--resolve", "--resolve: goes with --cfg, such as --cfg job --resolve"),
        ("--help -m", "--multirun --help: only one of these at a time"),
        ("--experimental-rerun x", "--experimental-rerun: is not supported; a run's overrides.txt holds what to type "
         "again"),
    ],
)  # fmt: skip
def test_a_flag_that_is_none_is_refused_with_the_nearest(line: str, fault: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_flags(line.split(" "))
    assert error.value.faults == (fault,)
