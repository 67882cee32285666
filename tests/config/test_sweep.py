"""The members of a sweep: every combination, all checked before the first runs."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.config.conftest import ALL_NETWORKS, shared_composer
from trainyard.config.compose import Composer
from trainyard.config.loader import Loader
from trainyard.config.sweep import Sweep, compose_sweep
from trainyard.errors import ConfigError


def sweep_of(*overrides: str) -> Sweep:
    return compose_sweep(shared_composer(), overrides)


def faults_of(*overrides: str) -> Sequence[str]:
    with pytest.raises(ConfigError) as error:
        sweep_of(*overrides)
    return error.value.faults


def test_every_combination_is_a_member() -> None:
    sweep = sweep_of("seed=1,2", "network.hidden=[64],[128,128]", "optimizer.lr=0.01")
    assert [member.overrides for member in sweep.members] == [
        ("seed=1", "network.hidden=[64]", "optimizer.lr=0.01"),
        ("seed=1", "network.hidden=[128,128]", "optimizer.lr=0.01"),
        ("seed=2", "network.hidden=[64]", "optimizer.lr=0.01"),
        ("seed=2", "network.hidden=[128,128]", "optimizer.lr=0.01"),
    ]
    assert [member.config.seed for member in sweep.members] == [1, 1, 2, 2]
    assert sweep.swept_keys == ("seed", "network.hidden")


@pytest.mark.parametrize(
    ("override", "values"),
    [
        ("seed=range(1,4)", [1, 2, 3]),
        ("seed=choice(5,7)", [5, 7]),
        ("seed=sort(3,1,2)", [1, 2, 3]),
        ("training.max_steps=range(10,31,10)", [10, 20, 30]),
    ],
)
def test_hydras_ways_to_name_values_work(override: str, values: list[int]) -> None:
    members = sweep_of(override).members
    assert [member.config.training.max_steps or member.config.seed for member in members] == values


def test_layers_are_swept_and_name_the_members() -> None:
    members = sweep_of("network=layers", "network.layers.dense1.out_features=64,128").members
    assert [member.config.network.layers["dense1"]["out_features"] for member in members] == [64, 128]
    typed = ("network=layers", "network.layers.dense1.out_features=64")
    assert members[0].overrides == typed


def test_a_pattern_chooses_options() -> None:
    members = sweep_of("experiment=glob(digits_*)").members
    assert [member.config.network.name for member in members] == ["mlp", "cnn", "layers", "linear"]
    chosen = ["digits_augmented", "digits_cnn", "digits_layers", "digits_linear"]
    assert [member.overrides for member in members] == [(f"experiment={name}",) for name in chosen]


def test_without_several_values_there_is_one_member() -> None:
    assert len(sweep_of("seed=3", "tags.größe=x").members) == 1


def test_what_the_environment_gives_reaches_each_member_and_stays_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACE", "hunter22")
    members = sweep_of("seed=1,2", "note=${oc.env:PLACE}", "tags.a=at ${oc.env:PLACE}").members
    assert [member.config.note for member in members] == ["hunter22", "hunter22"]
    assert members[1].config.tags == {"a": "at hunter22"}
    assert members[1].config.masked == ("tags.a", "note")
    assert members[1].overrides == ("seed=2", "note=${oc.env:PLACE}", "tags.a=at ${oc.env:PLACE}")


def test_batches_follow_hydras_sweeper() -> None:
    sweep = sweep_of("seed=1,2,3", "hydra.sweeper.max_batch_size=2")
    assert [(first, len(batch)) for first, batch in sweep.batches()] == [(0, 2), (2, 1)]


def test_values_to_sweep_over_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "conf").mkdir()
    text = "defaults: [train, _self_]\nhydra: {sweeper: {params: {seed: '4,5'}}}\n"
    (tmp_path / "conf" / "mine.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    sweep = compose_sweep(Composer(Loader(), "mine"), ["network.hidden=[8]"])
    assert [member.overrides for member in sweep.members] == [
        ("seed=4", "network.hidden=[8]"), ("seed=5", "network.hidden=[8]"),
    ]  # fmt: skip


def test_members_of_several_datasets_share_one_experiment_and_one_folder() -> None:
    sweep = sweep_of("dataset=iris,digits")
    assert {member.config.experiment_name for member in sweep.members} == {"iris-digits"}
    assert sweep.folder.parent.name == "iris-digits"


def test_experiments_may_be_swept() -> None:
    assert [m.config.experiment_name for m in sweep_of("experiment_name=a,b").members] == ["a", "b"]


def test_a_text_with_a_comma_is_no_sweep_when_it_is_quoted() -> None:
    members = sweep_of("note='a, b'", "seed=1,2").members
    assert [member.config.note for member in members] == ["a, b", "a, b"]


def test_the_faults_of_all_members_are_found_and_say_whose_they_are() -> None:
    assert faults_of("seed=1,x", "optimizer=sgd,adam", "optimizer.momentum=0", "network.hiden=3") == (
        "seed=x: must be a whole number",
        "optimizer.momentum=0: needs optimizer.nesterov=false too, or a momentum greater than 0 (with optimizer=sgd)",
        "optimizer.momentum: no such key in optimizer=adam; optimizer=sgd and optimizer=rmsprop have it (with "
        "optimizer=adam)",
        "network.hiden: no such key; did you mean network.hidden?",
    )


def test_a_fault_of_a_combination_names_the_members() -> None:
    assert faults_of("dataset=digits,salmon", "model=classifier,regressor") == (
        "model=regressor: dataset=digits has classes to predict; take model=classifier (member 1 of 0 to 3)",
        "model=classifier: dataset=salmon has a number to predict; take model=regressor (member 2 of 0 to 3)",
    )


@pytest.mark.parametrize(
    ("overrides", "fault"),
    [
        (["dataset=iris,digist"], "dataset=iris,digist: no such dataset; did you mean digits? There are arrays, "
         "breast_cancer, csv, custom, diabetes, digits, idx, image_folder, iris, linnerud, salmon and wine."),
        (["network=glob(x*)"], f"network=glob(x*): matches no network; there are {ALL_NETWORKS}"),
        (["optimizer.lr=interval(0,1)"], "++optimizer.lr=interval(0,1): an interval has no end of values; take "
         "choice(...) or range(...)"),
        (["hydra.sweep.dri=x"], "hydra.sweep.dri=x: Key 'dri' not in 'SweepDir'"),
    ],
)  # fmt: skip
def test_what_cannot_be_swept_is_refused(overrides: list[str], fault: str) -> None:
    assert faults_of(*overrides) == (fault,)


@pytest.mark.parametrize("name", ["ddp_cpu", "ddp_gpu", "fsdp"])
def test_what_trains_one_run_in_several_processes_is_no_member(name: str) -> None:
    assert faults_of("seed=1,2", f"accelerator={name}") == (
        f"accelerator={name}: trains one run in several processes, and a sweep trains many; leave out -m, or take "
        "another accelerator",
    )
