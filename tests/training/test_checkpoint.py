import pytest
import torch

from trainyard.config.schema.run import Training
from trainyard.training.checkpoint import CheckpointError, Checkpoints, newest_state, read_state, states_in
from trainyard.training.state import State


def made(step=3, **tensors):
    some = {"weights/a": torch.arange(6.0).view(2, 3), "optimizer/step/a": torch.tensor(3.0)}
    values = {"step": step, "epoch_index": 1, "minibatch": 2, "history": [{"val/loss": 0.1}]}
    return State({**some, "random": torch.ones(4).byte(), **tensors}, values)


def keeper(folder, **settings):
    return Checkpoints(folder, Training(**settings))


def test_a_state_comes_back_as_it_was(tmp_path):
    kept = made(half=torch.ones(2, dtype=torch.bfloat16), empty=torch.empty(0, 3))
    path = keeper(tmp_path).write(kept)
    found = read_state(path)
    assert found.values == kept.values
    assert (found.epoch, found.minibatch) == (1, 2)
    assert found.tensors.keys() == kept.tensors.keys()
    for name, tensor in kept.tensors.items():
        assert torch.equal(found.tensors[name], tensor)
        assert found.tensors[name].dtype == tensor.dtype


def test_numbers_that_are_none_come_back_too(tmp_path):
    kept = State({}, {"step": 1, "best_value": float("nan"), "history": [{"val/loss": float("inf")}]})
    found = read_state(keeper(tmp_path).write(kept)).values
    assert repr(found) == repr(dict(kept.values))


def test_only_the_newest_are_kept(tmp_path):
    checkpoints = keeper(tmp_path, keep_checkpoints=2)
    for step in (5, 100, 20_000, 1_000_000):
        checkpoints.write(made(step))
    assert [path.name for path in states_in(checkpoints.folder)] == [
        "step-0000020000.safetensors", "step-0001000000.safetensors",
    ]  # fmt: skip
    assert len(list(checkpoints.folder.iterdir())) == 2


def damage(path, how):
    data = bytearray(path.read_bytes())
    if how == "cut off":
        data = data[:-5]
    elif how == "a bit turned":
        data[-3] ^= 1
    elif how == "numbers altered":
        data = data.replace(b'\\"minibatch\\": 2', b'\\"minibatch\\": 1')
    elif how == "empty":
        data = b""
    path.write_bytes(data)


@pytest.mark.parametrize("how", ["cut off", "a bit turned", "numbers altered", "empty"])
def test_a_damaged_one_is_passed_over_and_named(tmp_path, how):
    checkpoints = keeper(tmp_path)
    checkpoints.write(made(1))
    damage(checkpoints.write(made(2)), how)
    state, damaged = newest_state(tmp_path)
    assert state.values["step"] == 1
    assert damaged == ["step-0000000002.safetensors"]


def test_without_a_good_one_the_reason_is_said(tmp_path):
    with pytest.raises(CheckpointError, match=r"it has no checkpoint\. It ended before the first was written\."):
        newest_state(tmp_path)
    damage(keeper(tmp_path).write(made(2)), "empty")
    with pytest.raises(CheckpointError, match=r"all of its checkpoints are damaged \(step-0000000002\.safetensors\)"):
        newest_state(tmp_path)


def test_one_is_due_by_time_steps_or_epochs(tmp_path):
    assert not keeper(tmp_path, checkpoint_every="1h").due()
    assert keeper(tmp_path, checkpoint_every="0s").due()
    both = keeper(tmp_path, checkpoint_steps=10, checkpoint_epochs=2)
    assert [step for step in range(1, 31) if both.due_at_step(step)] == [10, 20, 30]
    assert [epoch for epoch in range(1, 6) if both.due_at_epoch(epoch)] == [2, 4]
    assert not keeper(tmp_path).due_at_step(10)


def test_the_journal_reaches_the_disk_first(tmp_path):
    order = []
    checkpoints = Checkpoints(tmp_path, Training(), flush=lambda: order.append(len(states_in(checkpoints.folder))))
    checkpoints.write(made())
    assert order == [0]
