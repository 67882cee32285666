"""From a command line to a config: precedence, coercions, one's own options, secrets."""

from pathlib import Path

import pytest

from tests.config.conftest import ALL_NETWORKS, compose_quickly
from trainyard.config.compose import compose
from trainyard.config.nearest import listed
from trainyard.config.schema.dataset import Csv
from trainyard.config.schema.model import NETWORKS, Linear, Mlp
from trainyard.config.text import to_yaml
from trainyard.errors import ConfigError


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own project, outside of the checkout, with a conf/ of its own."""
    (tmp_path / "conf").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_word_changes_a_choice_and_a_key_its_value() -> None:
    config = compose(["dataset=salmon", "network=linear", "optimizer=sgd", "optimizer.lr=0.1", "seed=0"])
    assert isinstance(config.network, Linear)
    assert (config.dataset.name, config.experiment_name) == ("salmon", "salmon")
    assert (config.optimizer.lr, config.seed) == (0.1, 0)


def test_a_table_of_ones_own_is_named_after_its_file() -> None:
    config = compose(["dataset=csv", "dataset.path=/data/Old houses.csv.gz", "dataset.target=price"])
    assert isinstance(config.dataset, Csv)
    assert (config.dataset.name, config.experiment_name) == ("Old houses", "Old houses")
    assert config.dataset.target == ("price",)


@pytest.mark.parametrize(("option", "typed"), [("local/default", []), ("experiment/small", ["experiment=small"])])
def test_an_overlay_without_its_first_line_is_told_to_have_it(project: Path, option: str, typed: list[str]) -> None:
    file = project / "conf" / f"{option}.yaml"
    write(project / "train.py", "")
    write(file, "optimizer:\n  lr: 0.5\nnetwork:\n  width: 3\n")
    with pytest.raises(ConfigError) as error:
        compose([*typed, "seed=-1"])
    assert sorted(error.value.faults) == [
        f"{option}.yaml: must begin with the line # @package _global_, as it sets keys of several groups",
        "seed=-1: must be at least 0 and less than 4294967296",
    ]
    write(file, "# @package _global_\noptimizer:\n  lr: 0.5\n")
    assert compose(typed).optimizer.lr == 0.5


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("accelerator.precision=32", "accelerator.precision", "32"),
        ("accelerator.threads=4", "accelerator.threads", 4),
        ("accelerator.threads=auto", "accelerator.threads", "auto"),
        ("network.hidden=64", "network.hidden", (64,)),
        ("network.hidden=[64,32]", "network.hidden", (64, 32)),
        ("network.residual=yes", "network.residual", True),
        ("training.max_steps=1e3", "training.max_steps", 1000),
        ("training.max_epochs=5.0", "training.max_epochs", 5),
        ("training.max_time=01:30:00", "training.max_time", "01:30:00"),
        ("training.max_time=90", "training.max_time", "90"),
        ("training.patience=null", "training.patience", None),
        ("training.patience=", "training.patience", None),
        ("optimizer.lr=1", "optimizer.lr", 1.0),
        ("dataset.target=digit", "dataset.target", ("digit",)),
        ("dataset.augment.crop=0.5", "dataset.augment.crop", 0.5),
        ("dataset.augment={flip: both}", "dataset.augment.flip", "both"),
        ("trusted=[a,b c]", "trusted", ("a", "b c")),
        ("run_name=007", "run_name", "007"),
        ("note=a=b (c), 100% [d]: größer", "note", "a=b (c), 100% [d]: größer"),
        ("note=it's \"quoted\"", "note", 'it\'s "quoted"'),
        ("note='quoted, already'", "note", "quoted, already"),
        ("tags.owner=me", "tags", {"owner": "me"}),
        ("tags.größe=80 %", "tags", {"größe": "80 %"}),
        ("+tags.owner=me", "tags", {"owner": "me"}),
        ("++training.batch_size=8", "training.batch_size", 8),
        ("+training.batch_size=8", "training.batch_size", 8),
        ("seed = 5", "seed", 5),
    ],
)
def test_what_a_person_means_is_taken(override: str, key: str, value: object) -> None:
    found: object = compose_quickly([override])
    for part in key.split("."):
        found = getattr(found, part)
    assert found == value
    assert type(found) is type(value)


def test_what_is_known_of_a_column_can_be_typed_whatever_its_name() -> None:
    columns = compose(
        ["dataset=iris", "dataset.columns.sepal length.kind=category", "dataset.columns.größe (cm).transform=robust",
         "dataset.columns.a.b.encoding=one_hot", "dataset.columns.zip={kind: ignore}"]
    ).dataset.columns  # fmt: skip
    assert set(columns) == {"sepal length", "größe (cm)", "a.b", "zip"}
    assert columns["sepal length"].kind == "category"
    assert columns["zip"].kind == "ignore"


def test_the_command_line_wins_over_debug_over_preset_over_machine_over_base(project: Path) -> None:
    write(project / "conf/local/default.yaml",
          "# @package _global_\ndefaults: [{override /accelerator: cpu}, {override /network: linear}]\n"
          "training: {batch_size: 1, max_epochs: 1, accumulate: 1, patience: 1}\nseed: 1\n")  # fmt: skip
    write(project / "conf/experiment/mine.yaml",
          "# @package _global_\ndefaults: [{override /network: mlp}]\n"
          "training: {batch_size: 2, max_epochs: 2, accumulate: 2}\n")  # fmt: skip
    write(project / "conf/debug/mine.yaml", "# @package _global_\ntraining: {batch_size: 3, max_epochs: 3}\n")
    config = compose(["experiment=mine", "debug=mine", "training.batch_size=4"])
    training = config.training
    assert (training.batch_size, training.max_epochs, training.accumulate, training.patience) == (4, 3, 2, 1)
    assert (config.seed, config.accelerator.name, config.network.name) == (1, "cpu", "mlp")
    assert compose(["experiment=mine", "network=linear"]).network.name == "linear"


def test_an_option_file_of_ones_own_works_without_python(project: Path) -> None:
    write(project / "conf/dataset/houses.yaml", "source: csv\npath: data/houses.csv\ntarget: price\n")
    config = compose(["dataset=houses", "dataset.split=random"])
    assert isinstance(config.dataset, Csv)
    assert (config.dataset.path, config.dataset.name, config.experiment_name) == ("data/houses.csv", "houses", "houses")


def test_an_option_file_in_a_config_dir_works(tmp_path: Path) -> None:
    write(tmp_path / "network/deep.yaml", "name: mlp\nhidden: [64, 64, 64]\n")
    config = compose(["network=deep"], config_dir=tmp_path)
    assert isinstance(config.network, Mlp)
    assert config.network.hidden == (64, 64, 64)


def test_another_primary_config_may_build_on_train(project: Path) -> None:
    write(project / "conf/mine.yaml", "defaults: [train, _self_]\nseed: 7\n")
    assert compose(config_name="mine").seed == 7


def test_several_presets_may_be_laid_over_each_other(project: Path) -> None:
    write(project / "conf/experiment/quick.yaml", "# @package _global_\ntraining: {max_epochs: 5}\n")
    config = compose(["experiment=[digits,quick]"])
    assert (config.training.max_epochs, config.training.patience) == (5, 15)


def test_layers_are_set_added_and_taken_away_by_name() -> None:
    config = compose([
        "network=layers", "network.layers.dense1.out_features=64", "+network.layers.drop.type=Dropout",
        "++network.layers.drop.p=0.2", "network.layers.activation1=null", "network.layers.dense1.init=orthogonal",
    ])  # fmt: skip
    assert config.network.layers == {
        "dense1": {"type": "Linear", "out_features": 64, "init": "orthogonal"}, "output": {"type": "Linear"},
        "drop": {"type": "Dropout", "p": 0.2},
    }  # fmt: skip


def test_a_preset_of_layers_gives_way_to_another_network() -> None:
    assert isinstance(compose(["experiment=digits_layers", "network=mlp"]).network, Mlp)


def test_a_preset_gives_way_to_another_network_on_the_command_line() -> None:
    assert compose(["experiment=salmon", "network=linear"]).network == Linear()


@pytest.mark.parametrize("override", ["experiment=null", "~experiment", "debug="])
def test_a_preset_can_be_left_out(override: str) -> None:
    assert compose([override]) == compose()


def test_mlflows_variable_names_the_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "fish")
    assert compose().experiment_name == "fish"
    assert compose(["experiment_name=birds"]).experiment_name == "birds"
    assert "fish" in to_yaml(compose())


def test_values_from_the_environment_are_used_but_not_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACE", "http://localhost:5000/hunter22")
    monkeypatch.setenv("FOLDER", "/data/hunter22")
    config = compose(["tracking=server", "tracking.uri=${oc.env:PLACE}", "note=at ${tracking.uri}", "dataset=csv",
                      "dataset.path=${oc.env:FOLDER}/houses.csv", "dataset.target=price"])  # fmt: skip
    assert config.tracking.uri == "http://localhost:5000/hunter22"
    assert config.dataset.name == "houses"
    assert set(config.masked) == {"tracking.uri", "note", "dataset.path"}
    text = to_yaml(config)
    assert "hunter22" not in text
    assert "experiment_name: houses" in text


def test_a_default_of_an_unset_variable_is_no_secret() -> None:
    assert compose(["note=${oc.env:NO_SUCH_VARIABLE,plain}"]).masked == ()


def test_hydras_own_interpolations_work() -> None:
    assert compose(["note=${hydra:runtime.choices.optimizer} ${network.hidden}"]).note == "adamw [256]"


def test_composing_twice_in_one_process_gives_the_same() -> None:
    assert compose(["experiment=iris"]) == compose(["experiment=iris"])


@pytest.mark.parametrize(
    ("files", "overrides", "fault"),
    [
        ({"experiment/a.yaml": "# @package _global_\ntraining: {bach_size: 3}\n"}, ["experiment=a"],
         "training.bach_size: no such key; did you mean training.batch_size? (in experiment/a.yaml)"),
        ({"experiment/a.yaml": "# @package _global_\ndefaults: [{override /network: mpl}]\n"}, ["experiment=a"],
         f"network=mpl: no such network; did you mean mlp?; there are {ALL_NETWORKS}"),
        ({"experiment/a.yaml": "# @package _global_\ntraining: [\n"}, ["experiment=a"], "not valid YAML"),
        ({"network/deep.yaml": "hidden: [3]\n"}, ["network=deep"],
         f"network.name: this option does not say what it is; it needs name: {listed(NETWORKS, 'or')}"),
        ({"network/deep.yaml": "name: mpl\n"}, ["network=deep"],
         f"network.name=mpl: must be {listed(NETWORKS, 'or')}; did you mean mlp?"),
        ({"network/deep.yaml": "name: mlp\nhidden: wide\n"}, ["network=deep"],
         "network.hidden=wide: must be a list of whole numbers such as [128,64]"),
        ({"mine.yaml": "defaults: [train, _self_]\nsede: 7\n"}, [],
         "sede: no such key; did you mean seed? (in mine.yaml)"),
    ],
)  # fmt: skip
def test_mistakes_in_ones_own_files_are_named(
    project: Path, files: dict[str, str], overrides: list[str], fault: str
) -> None:
    for name, text in files.items():
        write(project / "conf" / name, text)
    with pytest.raises(ConfigError) as error:
        compose(overrides, config_name="mine" if "mine.yaml" in files else "train")
    assert fault in "\n".join(error.value.faults)
