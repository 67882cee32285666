from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.augment import Augment
from trainyard.config.schema.dataset import Digits
from trainyard.config.schema.model import Classifier, Cnn, Custom, Layers, Mlp, Regressor
from trainyard.errors import ConfigError, NetworkError
from trainyard.models import Classifier as ClassifierModel
from trainyard.models import Regressor as RegressorModel
from trainyard.training.accelerator import open_device
from trainyard.training.plan import plan_run, settle_model, wrap_network

CPU = torch.device("cpu")
CPU_DEVICE = open_device(Accelerator(name="cpu"), CPU, 0.0)


def plan(prepared=None, **settings):
    return plan_run(make_config(**settings), prepared or make_prepared(), CPU)


def test_processes_that_cost_more_than_they_save_are_noted_and_need_a_row_each():
    shared = Accelerator(name="ddp_cpu", threads=1, processes=4)
    (note,) = plan(accelerator=shared).notes
    assert "several times faster in one process" in note
    assert plan().notes == ()
    with pytest.raises(ConfigError, match=r"training\.batch_size=3: is fewer rows than the 4 processes"):
        plan(accelerator=shared, batch_size=3)


def test_auto_becomes_what_the_target_asks_for():
    assert plan().config.model == Classifier()
    assert plan(make_prepared("regression")).config.model == Regressor()
    chosen = Classifier(label_smoothing=0.1)
    assert plan(model=chosen).config.model is chosen


def test_training_rows_are_augmented_unless_they_are_to_be_learned_by_heart():
    dataset = Digits(name="made", target=("label",), augment=Augment(noise=0.1))
    made = plan(dataset=dataset)
    batch = next(made.open_training().read(0))
    row = made.open_training().order(0)[0]
    assert not torch.equal(batch.x[0], made.open_training().rows.x[row])
    assert torch.equal(made.open_validation().x, torch.from_numpy(make_prepared().val.x))
    assert plan().open_training().augment is None
    assert plan(dataset=dataset, overfit_batches=1).open_training().augment is None


def test_images_are_opened_as_numbers():
    pixels = make_prepared().train.x.astype(np.uint8)
    image = {"kind": "image", "shape": [1, 1, 5], "center": [3.0], "scale": [2.0]}
    train = replace(make_prepared().train, x=pixels)
    prepared = replace(make_prepared(), train=train, image_shape=(1, 1, 5),
                       preprocessing={"dtype": "float32", "columns": [image]})  # fmt: skip
    rows = plan(prepared).open_training().rows
    assert rows.x.shape == (200, 1, 1, 5)
    np.testing.assert_array_equal(rows.x[:, 0, 0], (pixels.astype(np.float32) - 3) / 2)


def test_outputs_are_classes_or_targets():
    assert plan(make_prepared(classes=2)).outputs == 2
    assert plan(make_prepared("regression", targets=3)).outputs == 3


def test_the_model_fits_the_task():
    assert isinstance(plan().build_model(), ClassifierModel)
    assert isinstance(plan(make_prepared("regression")).build_model(), RegressorModel)


@pytest.mark.parametrize(
    ("settings", "total"),
    [
        ({"max_epochs": 3}, 39),
        ({"max_epochs": 3, "accumulate": 4}, 12),
        ({"max_epochs": 3, "max_steps": 7}, 7),
        ({"max_epochs": None, "max_steps": 100}, 100),
        ({"max_epochs": None, "max_time": "1m"}, None),
        ({"max_epochs": 3, "limit_batches": 2}, 6),
        ({"max_epochs": 3, "overfit_batches": 2}, 6),
    ],
)
def test_the_length_is_known_in_steps_where_it_can_be(settings, total):
    assert plan(**settings).total_steps == total


def test_parameters_are_counted():
    assert plan(network=Mlp(hidden=(4,))).parameters == 5 * 4 + 4 + 4 * 3 + 3


def test_columns_of_categories_have_their_names():
    prepared = replace(make_prepared(categories=(4,)), preprocessing={"embedded": ["town"]})
    assert plan(prepared).inputs.category_names == ("town",)


def test_a_gpu_takes_only_layers_that_repeat(monkeypatch):
    layers = Layers(layers={"a": {"type": "Unflatten", "dim": 1, "unflattened_size": (1, 5, 1)},
                            "pad": {"type": "ReflectionPad2d", "padding": (0, 0, 1, 1)}, "flat": {"type": "Flatten"}})
    assert plan(network=layers).parameters == 7 * 3 + 3
    monkeypatch.setattr("trainyard.training.plan.open_device", lambda *_: CPU_DEVICE)
    with pytest.raises(NetworkError, match=r"network.layers.pad \(ReflectionPad2d\) does not give the same bits twice"):
        plan_run(make_config(network=layers), make_prepared(), torch.device("cuda"))


def test_batch_normalization_of_layers_needs_two_rows():
    layers = Layers(layers={"norm": {"type": "BatchNorm1d"}})
    with pytest.raises(NetworkError, match=r"The layer norm normalizes over the rows of a minibatch and"):
        plan(network=layers, batch_size=1)


def test_batch_normalization_needs_two_rows():
    with pytest.raises(NetworkError, match=r"hidden\.0\.normalization normalizes over the rows of a minibatch and"):
        plan(network=Mlp(normalization="batch"), batch_size=1)


def test_rows_that_are_to_be_overfitted_are_trained_and_validated():
    overfit = plan(overfit_batches=2)
    training, validation = overfit.open_training(), overfit.open_validation()
    assert len(training.rows) == len(validation) == 32
    assert torch.equal(training.rows.y, validation.y)
    assert len(overfit.open_test()) == 100


def test_rows_that_outgrow_memory_stay_in_the_map(monkeypatch):
    monkeypatch.setattr("trainyard.training.accelerator.RESIDENT_SHARE", 0.0)
    assert not plan().open_test().resident


def test_an_unsettled_model_is_refused():
    with pytest.raises(TypeError, match="not settled"):
        wrap_network(torch.nn.Linear(1, 1), make_config(), make_prepared())
    config = make_config()
    assert settle_model(replace(config, model=Classifier()), make_prepared()).model == Classifier()


def test_outputs_are_one_a_quantile_of_each_target():
    quantiles = Regressor(loss="quantile", quantiles=(0.1, 0.9))
    assert plan(make_prepared("regression", targets=3), model=quantiles).outputs == 6


def test_the_top_five_are_monitored_where_there_are_more():
    with pytest.raises(ConfigError, match=r"label has 3 classes, and the top five are told where there are more\."):
        plan(monitor="val/top5_accuracy")
    assert plan(make_prepared(classes=6), monitor="val/top5_accuracy").outputs == 6


def test_code_of_ones_own_is_tried_before_anything_is_written():
    own = Classifier(loss="custom", loss_target="tests.networks.own.averaged")
    with pytest.raises(ConfigError, match=r"tests\.networks\.own\.averaged: gives \(\) for two rows"):
        plan(model=own, trusted=("tests",))
    network = Custom(_target_="tests.networks.own.Fitted")
    assert plan(network=network, trusted=("tests",)).parameters == 5 * 3 + 3


def test_images_that_are_too_small_are_refused():
    images = replace(make_prepared(), image_shape=(1, 5, 1), numeric=5)
    with pytest.raises(NetworkError, match=r"needs images of 4 x 4 pixels or more; these have 5 x 1"):
        plan(images, network=Cnn())
