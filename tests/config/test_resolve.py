"""A composed config to plain values."""

import pytest
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import OmegaConf

from trainyard.config.check import Unresolved
from trainyard.config.loader import Loader
from trainyard.config.resolve import first_line, resolve


def resolved(*overrides: str) -> tuple[dict[str, object], tuple[str, ...], list[str]]:
    cfg = Loader().load_configuration("train", list(overrides), RunMode.RUN)
    before = HydraConfig.instance().cfg
    plain, masked, faults = resolve(cfg)
    assert HydraConfig.instance().cfg is before
    assert not OmegaConf.is_readonly(cfg.hydra)
    return plain, masked, [str(fault) for fault in faults]


def test_interpolations_are_filled_in_and_hydras_part_is_left_out() -> None:
    plain, masked, faults = resolved("note=${dataset.name} ${seed}", "tags.x=${network.hidden}")
    assert plain["note"] == "digits 0"
    assert plain["tags"] == {"x": [256]}
    assert "hydra" not in plain
    assert (masked, faults) == ((), [])


def test_what_waits_for_a_value_is_no_fault_of_its_own() -> None:
    plain, _, faults = resolved("dataset=csv", "note=${dataset.path}")
    assert plain["note"] is plain["experiment_name"] is Unresolved
    assert faults == []


def test_what_cannot_be_filled_in_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACE", "hunter22")
    tags = ["tags.a=${oc.env:PLACE}", "tags.b=${tags.a}"]
    plain, masked, faults = resolved("note=${no.such}", "run_name=${nothing:}", *tags)
    assert plain["note"] is Unresolved
    assert faults == ["run_name: Unsupported interpolation type nothing", "note: Interpolation key 'no.such' not found"]
    assert masked == ("tags.a", "tags.b")


def test_an_errors_first_line_is_enough() -> None:
    assert first_line(ValueError("one\n  two")) == "one"
    assert first_line(ValueError()) == "ValueError"
