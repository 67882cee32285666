"""The project's own path: each turn is an epoch with all that belongs to it, through Lightning."""

import json
from pathlib import Path

import pytest

from trainyard.benchmark import own_engine
from trainyard.benchmark.engines import Spec, further
from trainyard.benchmark.own_engine import OwnEngine
from trainyard.training import fit


@pytest.mark.parametrize("spec", [Spec("trainyard"), *(
    pytest.param(spec, marks=pytest.mark.gpu) for spec in further(1, ("trainyard",), gpu=True, bf16=False)
)], ids=lambda spec: spec.name)  # fmt: skip
def test_each_turn_of_the_gate_is_an_epoch(laid_out, gate, spec):
    played = gate(3)
    OwnEngine(spec).train(laid_out("mlp"), played)
    assert played.closed == 3


def test_a_turn_holds_lightning_validation_and_the_journal(laid_out, gate, monkeypatch):
    seen, played = [], gate(2)
    build, close = fit.build_trainer, played.close
    monkeypatch.setattr(fit, "build_trainer", lambda *a, **k: seen.append("Lightning") or build(*a, **k))
    case = laid_out("linear")

    def look():
        lines = next(Path(case.folder).glob("*/journal.jsonl")).read_text().splitlines()
        seen.append(json.loads(lines[-1])["values"])
        close()

    played.close = look
    OwnEngine(Spec("trainyard")).train(case, played)
    assert seen[0] == "Lightning"
    assert [sorted(values)[:2] for values in seen[1:]] == [["train/loss", "train/lr"]] * 2
    assert all("val/loss" in values for values in seen[1:])
    assert not list(Path(case.folder).glob("*/journal.jsonl"))  # nothing is left


def test_without_a_turn_nothing_is_trained(laid_out, gate, monkeypatch):
    monkeypatch.setattr(own_engine, "fit", lambda *a, **k: pytest.fail("trains"))
    OwnEngine(Spec("trainyard")).train(laid_out("linear"), gate(0))
