"""Callbacks and arguments that are handed on to Lightning."""

from collections.abc import Callable, Sequence

import pytest

from tests.config.conftest import compose_quickly as compose

TIMER = "pytorch_lightning.callbacks.Timer"


@pytest.mark.parametrize(
    ("override", "fault"),
    [
        ("trainer.max_epochs=3", "trainer.max_epochs: write training.max_epochs=... instead"),
        ("trainer.val_check_interval=2", "trainer.val_check_interval: has no use here: validation comes at"),
        ("trainer.benchmrk=true", "trainer.benchmrk: Lightning's Trainer has no such argument; did you mean benchmark"),
        ("trainer.xyzzy=1", "trainer.xyzzy: Lightning's Trainer has no such argument; there are deterministic, "),
        ("callbacks.a.patience=3", f"callbacks.a: needs a _target_, such as callbacks.a._target_={TIMER}"),
        ("callbacks.a=3", f"callbacks.a: needs a _target_, such as callbacks.a._target_={TIMER}"),
        ("callbacks.a._target_=os.system", "callbacks.a._target_=os.system: os is not trusted"),
        ("callbacks=mine", "callbacks=mine: no such callbacks. There is none."),
    ],
)
def test_what_cannot_be_handed_on_is_told(faults: Callable[..., Sequence[str]], override: str, fault: str) -> None:
    (found,) = faults(override)
    assert found.startswith(fault)


def test_what_can_be_is_taken_whole() -> None:
    config = compose([
        "trainer.detect_anomaly=true", f"callbacks.a._target_={TIMER}", "callbacks.a.duration=00:00:01:00",
        "trusted=[mine]", "callbacks.b._target_=mine.callbacks.Bell", "callbacks.b.sounds=[ding,dong]",
    ])  # fmt: skip
    assert config.trainer == {"detect_anomaly": True}
    assert config.callbacks["a"] == {"_target_": TIMER, "duration": "00:00:01:00"}
    assert config.callbacks["b"]["sounds"] == ["ding", "dong"]
