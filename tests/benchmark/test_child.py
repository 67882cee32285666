"""The process of an engine: answers each line, says what it cannot do, and goes on."""

import io
import json

import pytest

from trainyard.benchmark.child import main, open_engine, reason
from trainyard.benchmark.engines import Spec
from trainyard.benchmark.gate import Channel


def answers(spec, *messages):
    out = io.BytesIO()
    lines = b"".join(json.dumps(message).encode() + b"\n" for message in messages)
    main(spec, Channel(io.BytesIO(lines), out))
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("kind", ["numpy", "scikit-learn", "torch", "trainyard"])
def test_it_checks_and_trains_in_turns_and_tells_its_memory(laid_out, kind):
    case = laid_out("mlp").as_dict()
    facts, check, *turns, end = answers(
        Spec(kind), {"do": "check", "case": case}, {"do": "train", "case": case}, {"do": "turn"}, {"do": "turn"},
        {"do": "end"},
    )  # fmt: skip
    assert facts["facts"]["versions"]
    assert len(check["losses"]) == case["checked"]
    assert [turn["seconds"] > 0 for turn in turns] == [True, True]
    assert end["memory"] is None or end["memory"] >= 0


def test_what_it_cannot_do_is_answered_by_one_sentence_and_it_goes_on(laid_out):
    case = laid_out("cnn").as_dict()  # whose weights are not laid out
    found = answers(Spec("numpy"), {"do": "train", "case": case}, {"do": "turn"}, {"do": "check", "case": case})
    assert len(found) == 3  # the turn of a training that did not begin has no answer of its own
    assert all("weights.npz" in answer["cannot"] for answer in found[1:])


def test_the_guide_lays_out(laid_out):
    assert answers(Spec("torch"), {"do": "lay out", "case": laid_out("linear").as_dict()})[1]["multiplications"] > 7000


def test_memory_that_ran_out_is_told_in_plain_words():
    assert reason(MemoryError()) == "not enough memory"
    assert reason(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried")) == "not enough memory"
    assert reason(ValueError("a\nb")) == "ValueError: a b"


def test_every_kind_has_its_engine():
    assert type(open_engine(Spec("captured"))).__name__ == type(open_engine(Spec("compiled"))).__name__ == "TorchEngine"
