import torch

from trainyard.config.compose import compose
from trainyard.data.in_memory import prepare_in_memory
from trainyard.training.accelerator import Device, check_accelerator
from trainyard.training.alone import needs_no_lightning, repeatable
from trainyard.training.fit import fit
from trainyard.training.plan import plan_run


def plan(*overrides):
    config = compose(["dataset=iris", "training.max_epochs=3", "network.dropout=0.1", *overrides])
    prepared = prepare_in_memory(config.dataset, task="auto", double=config.accelerator.precision == "64")
    return plan_run(config, prepared, check_accelerator(config.accelerator))


def test_the_bits_are_those_of_lightning():
    for overrides in ([], ["accelerator.precision=64", "training.patience=1"], ["training.max_steps=7"]):
        planned = plan(*overrides)
        with torch.random.fork_rng():
            alone, driven = fit(planned, spare_lightning=True), fit(planned)
        assert alone.reason == driven.reason
        assert alone.member.history == driven.member.history
        pairs = zip(alone.model.state_dict().values(), driven.model.state_dict().values(), strict=True)
        assert all(torch.equal(one, other) for one, other in pairs)


def test_lightning_does_what_is_its_own_to_do():
    assert needs_no_lightning(plan())
    timer = "+callbacks.timer={_target_: pytorch_lightning.callbacks.Timer}"
    for override in ("training.engine=reference", timer, "+trainer.detect_anomaly=true"):
        assert not needs_no_lightning(plan(override))


def test_torch_is_as_it_was_afterwards():
    deterministic = torch.are_deterministic_algorithms_enabled()
    with repeatable(Device(torch.device("cpu"), "", 1, "64")):
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.get_default_dtype() == torch.float64
    assert torch.are_deterministic_algorithms_enabled() == deterministic
    assert torch.get_default_dtype() == torch.float32
