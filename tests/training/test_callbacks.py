import sys
from types import ModuleType

import pytest
import pytorch_lightning as pl
import torch

from tests.synthetic import make_config
from tests.training.settings import MADE
from trainyard.config.trusted import given
from trainyard.errors import ConfigError
from trainyard.training.callbacks import OF_MINIBATCHES, build_callbacks, look_at_minibatches
from trainyard.training.checkpoint import Checkpoints, newest_state
from trainyard.training.engine import choose_engine
from trainyard.training.fit import fit
from trainyard.training.plan import plan_run

LIGHTNINGS = "pytorch_lightning.callbacks"
CPU = torch.device("cpu")
SEEN: list[tuple[str, object]] = []


class Watcher(pl.Callback):
    """Notes what it is called for, and what it sees then."""

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        SEEN.append(("batch", trainer.global_step))

    def on_validation_start(self, trainer, pl_module):
        SEEN.append(("validation begins", None))

    def on_validation_end(self, trainer, pl_module):
        SEEN.append(("validation ends", float(trainer.callback_metrics["val/accuracy"])))

    def on_train_epoch_end(self, trainer, pl_module):
        SEEN.append(("epoch ends", float(trainer.callback_metrics["train/loss"])))


class EpochsOnly(pl.Callback):
    def on_train_epoch_end(self, trainer, pl_module):
        SEEN.append(("epoch ends", None))


@pytest.fixture(autouse=True)
def mine(monkeypatch):
    """A package of the user's own with these callbacks."""
    SEEN.clear()
    module = ModuleType("mine")
    module.Watcher, module.EpochsOnly, module.Number = Watcher, EpochsOnly, int
    monkeypatch.setitem(sys.modules, "mine", module)


def plan(callbacks, **settings):
    config = make_config(callbacks=callbacks, trusted=("mine",), **settings)
    return plan_run(config, MADE["classes"], CPU)


def test_hooks_are_called_as_lightnings_loop_calls_them():
    watched = plan({"a": {"_target_": "mine.Watcher"}}, max_epochs=2)
    assert watched.engine == "reference"
    fitted = fit(watched)
    epoch = ["batch"] * 12 + ["validation begins", "validation ends", "batch", "epoch ends"]
    assert [what for what, _ in SEEN] == epoch * 2
    assert [step for what, step in SEEN if what == "batch"] == list(range(1, 27))
    assert [value for what, value in SEEN if what == "validation ends"] == pytest.approx(
        [row["val/accuracy"] for row in fitted.member.history]
    )


def test_what_looks_at_epochs_alone_leaves_the_fast_engine():
    watched = plan({"a": {"_target_": "mine.EpochsOnly"}})
    assert watched.engine == "fast"
    fit(watched)
    assert len(SEEN) == 3


def test_each_training_has_callbacks_of_its_own():
    config = make_config(callbacks={"a": {"_target_": "mine.Watcher"}}, trusted=("mine",))
    assert build_callbacks(config)[0] is not build_callbacks(config)[0]


def test_a_callback_may_end_the_training_and_it_can_go_on(tmp_path):
    stopping = {"a": {"_target_": f"{LIGHTNINGS}.EarlyStopping", "monitor": "val/accuracy", "mode": "max",
                      "patience": 0, "min_delta": 2.0}}  # fmt: skip
    stopped = plan(stopping, max_epochs=9)
    fitted = fit(stopped, checkpoints=Checkpoints(tmp_path, stopped.config.training))
    assert (fitted.reason, fitted.member.epoch) == ("callback", 2)
    state, _ = newest_state(tmp_path)
    assert (state.epoch, state.minibatch) == (2, 0)
    assert fit(plan({}, max_epochs=4), resumed=state).member.epoch == 4


def test_checkpoints_of_lightning_lie_in_the_runs_folder(tmp_path):
    keeping = plan({"a": {"_target_": f"{LIGHTNINGS}.ModelCheckpoint", "monitor": "val/loss"}})
    fit(keeping, checkpoints=Checkpoints(tmp_path, keeping.config.training))
    assert len(list((tmp_path / "lightning").rglob("*.ckpt"))) == 1


def test_all_that_cannot_be_made_is_told_at_once():
    callbacks = {
        "a": {"_target_": f"{LIGHTNINGS}.EarlyStopping", "monitr": "x"}, "b": {"_target_": f"{LIGHTNINGS}.Tmer"},
        "c": {"_target_": "mine.Number"}, "d": {"_target_": "other.Thing"},
    }  # fmt: skip
    with pytest.raises(ConfigError) as error:
        build_callbacks(make_config(callbacks=callbacks, trusted=("mine",)))
    a, b, c, d = error.value.faults
    assert a.startswith("callbacks.a: pytorch_lightning.callbacks.EarlyStopping cannot be made:")
    assert a.endswith("did you mean monitor?")
    assert b.endswith("has no Tmer; did you mean Timer?")
    assert c == "callbacks.c._target_=mine.Number: is no callback of Lightning, but a int"
    assert d.startswith("callbacks.d._target_=other.Thing: other is not trusted")


def test_the_fast_engine_is_refused_to_what_looks_at_minibatches():
    config = make_config(callbacks={"a": {"_target_": "mine.Watcher"}}, trusted=("mine",), engine="fast")
    with pytest.raises(ConfigError, match=r"training\.engine=fast: a callback looks at single minibatches"):
        choose_engine(config)


def test_lightnings_hooks_are_where_they_were():
    assert all(hasattr(pl.Callback, hook) for hook in OF_MINIBATCHES)
    assert not look_at_minibatches([pl.Callback()])


def test_one_that_was_handed_over_is_taken_as_it_is():
    watcher = Watcher()
    with given({"python.callbacks.Watcher": watcher}):
        config = make_config(callbacks={"one": {"_target_": "python.callbacks.Watcher"}})
        assert build_callbacks(config) == [watcher]
    with pytest.raises(ConfigError, match="was handed over in Python and is not kept"):
        build_callbacks(config)
