"""Cases: the rows and orders that all engines share, and which networks the engines without torch have."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.synthetic import make_config, make_prepared
from trainyard.benchmark.case import Case, arrays, checked_minibatches, layer_weights, why_not_plain
from trainyard.benchmark.engines import Spec
from trainyard.benchmark.torch_engine import lay_out
from trainyard.config.schema.model import Classifier, Cnn, Linear, Mlp


def test_a_case_survives_the_way_to_another_process(laid_out):
    case = laid_out("linear")
    assert Case(**case.as_dict()) == case
    assert (case.batch_size, case.learning_rate) == (16, 0.2)


def test_rows_to_train_come_with_an_eighth_as_many_to_validate(laid_out):
    opened = laid_out("linear").open_rows(64)
    assert [len(part.y) for part in (opened.train, opened.val, opened.test)] == [64, 8, 0]
    x, y = arrays(opened)
    assert (x.shape, x.dtype, y.dtype) == ((64, 784), np.float32, np.int64)


def test_checked_minibatches_are_whole_and_take_each_row_once_an_epoch(laid_out):
    case = replace(laid_out("linear", 256), checked=4)
    lay_out(case, Spec("torch"))
    cuts = list(checked_minibatches(case))  # of 512 rows: two epochs
    assert [len(cut) for cut in cuts] == [256] * 4
    assert sorted(np.concatenate(cuts[:2])) == sorted(np.concatenate(cuts[2:])) == list(range(512))


def test_initial_weights_lie_as_numpy_multiplies(laid_out):
    weights, biases = layer_weights(Path(laid_out("mlp").folder))
    assert [weight.shape for weight in weights] == [(784, 24), (24, 12), (12, 10)]
    assert [bias.shape for bias in biases] == [(24,), (12,), (10,)]


@pytest.mark.parametrize(
    ("changes", "prepared", "reason"),
    [
        ({"network": Linear()}, {}, None),
        ({"network": Mlp(hidden=(4,))}, {}, None),
        ({"network": Cnn()}, {}, "it has no network=cnn"),
        ({"network": Mlp(activation="gelu")}, {}, "rectified linear units"),
        ({"network": Mlp(residual=True)}, {}, "no residual"),
        ({"network": Linear()}, {"categories": (3,)}, "no embedded categories"),
        ({"network": Linear()}, {"task": "regression"}, "the mean cross-entropy only"),
        ({"network": Linear()}, {"weighted": True}, "the mean cross-entropy only"),
        ({"network": Linear(), "model": Classifier(label_smoothing=0.1)}, {}, "the mean cross-entropy only"),
    ],
)
def test_engines_without_torch_say_which_networks_they_do_not_have(changes, prepared, reason):
    found = why_not_plain(replace(make_config(), **changes), make_prepared(**prepared))
    assert (found is None) if reason is None else reason in found
