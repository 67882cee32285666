"""What is compared in MLflow's tables."""

from tests.config.conftest import compose_quickly as compose
from trainyard.config.params import params


def test_the_choices_and_the_numbers_of_the_defaults() -> None:
    assert params(compose()) == {
        "dataset": "digits", "model": "auto", "network": "mlp", "optimizer": "adamw", "schedule": "constant",
        "accelerator": "auto", "seed": 0, "dataset.transform": "standard", "dataset.split_seed": 0,
        "network.hidden": "[256]", "network.activation": "relu", "network.dropout": 0.0,
        "network.normalization": "none", "network.residual": False, "optimizer.lr": 0.001,
        "optimizer.weight_decay": 0.01, "schedule.warmup_steps": 0, "accelerator.precision": "auto",
        "training.max_epochs": 20, "training.batch_size": 64, "training.accumulate": 1,
        "training.monitor": "val/loss", "training.patience": 10,
    }  # fmt: skip


def test_what_is_not_at_its_default_is_there_and_paths_are_not() -> None:
    found = params(compose(["dataset=csv", "dataset.path=/data/t.csv", "dataset.target=y", "dataset.group=patient",
                            "optimizer.beta1=0.8", "schedule=cosine", "schedule.final_factor=0.1", "note=hello",
                            "training.progress=false"]))  # fmt: skip
    assert (found["dataset"], found["dataset.group"]) == ("t", "patient")
    assert (found["optimizer.beta1"], found["schedule.final_factor"]) == (0.8, 0.1)
    assert not {"dataset.path", "dataset.name", "note", "training.progress", "optimizer.beta2"}.intersection(found)


def test_layers_are_flat_by_name() -> None:
    found = params(compose(["experiment=salmon_layers"]))
    layers = {name.removeprefix("network.layers."): value for name, value in found.items() if "layers." in name}
    assert (layers["dense1.out_features"], layers["skip.merge"]) == (64, "sum")
    assert layers["skip.inputs"] == "['activation1', 'activation2']"
    assert layers["dense1.init.nonlinearity"] == "relu"


def test_params_are_scalars() -> None:
    assert {type(value) for value in params(compose(["experiment=salmon_huber"])).values()} <= {str, int, float, bool}


def test_arguments_of_ones_own_code_are_there() -> None:
    found = params(compose([
        "trusted=mine", "network=custom", "network._target_=mine.Net", "network.arguments.width=64", "model=classifier",
        "model.loss=custom", "model.loss_target=mine.loss", "model.loss_arguments={margin: 0.5}",
        "model.extra_metrics.gini._target_=mine.gini",
    ]))  # fmt: skip
    assert (found["network._target_"], found["network.arguments.width"]) == ("mine.Net", 64)
    assert (found["model.loss_target"], found["model.loss_arguments.margin"]) == ("mine.loss", 0.5)
    assert found["model.extra_metrics.gini._target_"] == "mine.gini"
