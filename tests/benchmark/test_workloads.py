"""Workloads: the published network first, plain steps whatever the experiment had, and epochs of whole minibatches."""

from dataclasses import replace

import pytest

from tests.synthetic import make_config, make_prepared
from trainyard.benchmark.engines import Spec
from trainyard.benchmark.workloads import MARK, NETWORKS, SIZES, Workload, experiment_workload, steady
from trainyard.config.schema.augment import Augment
from trainyard.config.schema.model import Classifier, Mlp
from trainyard.config.schema.optimization import Adam, OneCycle
from trainyard.errors import ConfigError


def test_the_published_network_and_minibatch_are_measured_first():
    assert next(iter(NETWORKS)) == MARK
    assert NETWORKS[MARK] == Mlp(hidden=(500,))
    assert 60 in SIZES
    assert (min(SIZES), max(SIZES)) == (1, 16384)


def test_every_step_of_an_experiment_becomes_alike():
    config = make_config(patience=3, clip_norm=1.0, accumulate=4, optimizer=Adam(), schedule=OneCycle())
    weighed = Classifier(label_smoothing=0.1, class_weights="balanced")
    config = steady(replace(config, dataset=replace(config.dataset, augment=Augment(noise=0.1)), model=weighed))
    assert (config.optimizer.name, config.optimizer.momentum, config.optimizer.weight_decay) == ("sgd", 0, 0)
    assert (config.schedule.name, config.training.accumulate, config.training.clip_norm) == ("constant", 1, None)
    assert config.dataset.augment == Augment()
    assert config.model == Classifier()
    focal = Classifier(loss="focal", label_smoothing=0.1)
    assert steady(replace(config, model=focal)).model == focal


@pytest.mark.parametrize("size", [1, 7, 64, 200, 5000])
@pytest.mark.parametrize("gpu", [False, True])
def test_epochs_are_of_whole_minibatches_that_are_there(tmp_path, size, gpu):
    workload = Workload("made", steady(make_config()), make_prepared(rows=200), (size,), 10**6)
    case = workload.case(size, tmp_path, gpu=gpu)
    assert case.rows % case.batch_size == 0
    assert 0 < case.batch_size <= case.rows <= 200
    assert case.batch_size == min(size, 200)
    assert case.checked >= 3


def test_larger_networks_have_shorter_epochs(tmp_path):
    cases = [Workload("made", steady(make_config()), make_prepared(rows=9000), (60,), m).case(60, tmp_path)
             for m in (10**4, 10**6, 10**9)]  # fmt: skip
    assert [case.rows for case in cases] == [9000, 22 * 60, 60]


def test_an_experiment_is_measured_at_its_own_batch_size_unless_others_are_given():
    config, prepared = make_config(batch_size=32), make_prepared(rows=200)
    assert experiment_workload(config, prepared, ()).sizes == (32,)
    assert experiment_workload(config, prepared, (8, 16, 256, 1024)).sizes == (8, 16, 200)
    assert experiment_workload(make_config(batch_size=999), prepared, ()).sizes == (200,)
    assert experiment_workload(config, prepared, ()).name == "made, mlp"


def test_engines_without_torch_are_asked_whether_they_have_the_network():
    workload = experiment_workload(make_config(), make_prepared(task="regression"), ())
    assert workload.why_not(Spec("numpy"))
    assert workload.why_not(Spec("torch")) is None


def test_a_network_with_values_that_stay_hidden_is_refused():
    config = replace(make_config(), masked=("network.hidden",))
    with pytest.raises(ConfigError, match=r"network\.hidden: comes from the environment"):
        experiment_workload(config, make_prepared(), ())
