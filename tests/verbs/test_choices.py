"""The choices of a training as arguments of another verb."""

from pathlib import Path

import pytest
import torch

from trainyard.config.compose import compose
from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.text import to_yaml
from trainyard.errors import ConfigError
from trainyard.training.accelerator import AcceleratorError
from trainyard.verbs.choices import check_device, compose_choices, compose_over_run, take_keys


def test_choices_compose_as_those_of_a_training(project: Path) -> None:
    config = compose_choices("find lr", ["dataset=salmon", "optimizer.lr=0.02"])
    assert config is not None
    assert (config.dataset.name, config.optimizer.lr) == ("salmon", 0.02)


def test_help_is_no_config(project: Path) -> None:
    assert compose_choices("find lr", ["--help"]) is None


@pytest.mark.parametrize("flag", [["-m"], ["--cfg", "job"], ["--info"]])
def test_other_flags_belong_to_the_training(project: Path, flag: list[str]) -> None:
    with pytest.raises(ConfigError, match="trainyard find lr: takes choices only; the other flags belong to"):
        compose_choices("find lr", flag)


def test_keys_of_a_train_command_are_no_choices(project: Path) -> None:
    with pytest.raises(ConfigError) as error:
        compose_choices("tune", ["resume=latest", "seed=1", "+k_fold=5"])
    assert error.value.faults == (
        "resume=latest: is no key of trainyard tune; it belongs to trainyard train",
        "+k_fold=5: is no key of trainyard tune; it belongs to trainyard train",
    )


def test_a_verbs_own_keys_are_told_apart_from_the_choices() -> None:
    argv = ["output=a=b.json", "network=mlp", "outputs=3", "output", "raw= x ", "--help"]
    own, others = take_keys("prepare", argv, ("output", "raw"))
    assert own == {"output": "a=b.json", "raw": "x"}
    assert others == ["network=mlp", "outputs=3", "output", "--help"]


def test_all_that_is_wrong_with_a_verbs_own_keys_is_told() -> None:
    with pytest.raises(ConfigError) as error:
        take_keys("prepare", ["output=", "raw=a", "raw=b"], ("output", "raw"))
    assert error.value.faults == (
        "output: has no value; trainyard prepare --help tells what it is for", "raw=b: raw is there twice",
    )  # fmt: skip


def test_choices_lie_over_a_resolved_config(project: Path) -> None:
    path = project / "config.yaml"
    path.write_text(to_yaml(compose(["dataset=salmon", "seed=5"])), encoding="utf-8")
    typed = ["optimizer.lr=0.02"]
    assert compose_choices("prepare", [f"config={path}", *typed]) == compose(["dataset=salmon", "seed=5", *typed])
    assert compose_over_run("evaluate", path, typed) == compose(["dataset=salmon", "seed=5", *typed])
    assert compose_over_run("evaluate", None, typed) == compose(typed)


def test_what_is_no_resolved_config_is_told(project: Path) -> None:
    with pytest.raises(ConfigError, match=r"config=nowhere.yaml: there is no file nowhere.yaml"):
        compose_choices("prepare", ["config=nowhere.yaml"])


@pytest.mark.parametrize(
    ("accelerator", "told"),
    [
        (Accelerator(name="gpu"), "accelerator=gpu: there is no CUDA GPU that torch can use here. There is: cpu"),
        (Accelerator(name="cpu", precision="tf32"), "accelerator.precision=tf32: needs a CUDA GPU"),
    ],
)
def test_a_gpu_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, accelerator: Accelerator, told: str) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(AcceleratorError, match=told):
        check_device("benchmark", accelerator)


def test_several_devices_are_not_measured_on() -> None:
    with pytest.raises(ConfigError, match="accelerator=fsdp: trainyard tune measures one device; take accelerator=cpu"):
        check_device("tune", Accelerator(name="fsdp"))
    check_device("tune", Accelerator(name="cpu"))
