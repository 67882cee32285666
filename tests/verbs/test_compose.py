"""`trainyard compose`."""

from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it has no types

from trainyard.config.compose import compose
from trainyard.config.text import from_dict, to_dict, to_yaml
from trainyard.verbs.cli import run_command

Capture = pytest.CaptureFixture[str]
PARAMS = """
experiments: [digits, fish, mine]
digits: {experiment: digits, seed: 3, note: "a, b"}
fish: {dataset: {source: salmon, val_fraction: 0.3}, optimizer: sgd}
mine: {dataset: {source: csv, path: data/mine.csv, target: y}, accelerator: {precision: 64}}
"""


@pytest.fixture
def params(project: Path) -> Path:
    path = project / "params.yaml"
    path.write_text(PARAMS, encoding="utf-8")
    return path


def read(path: Path) -> dict[str, dict[str, object]]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_the_config_is_shown(project: Path, capsys: Capture) -> None:
    assert run_command(["compose", "dataset=salmon", "seed=3"]) == 0
    assert capsys.readouterr().out == to_yaml(compose(["dataset=salmon", "seed=3"]))


def test_an_experiment_of_a_file_is_shown_with_what_is_typed_over_it(params: Path, capsys: Capture) -> None:
    assert run_command(["compose", f"params={params}", "name=digits", "seed=4"]) == 0
    shown = from_dict(yaml.safe_load(capsys.readouterr().out))
    assert shown == compose(["experiment=digits", "note='a, b'", "seed=4"])


def test_a_stage_gets_the_config_and_what_of_it_concerns_the_rows(params: Path, capsys: Capture) -> None:
    output = params.parent / "pipeline" / "fish"
    argv = ["compose", f"params={params}", "name=fish", "raw=data/fish.csv", f"output={output}"]
    assert run_command(argv) == 0
    assert capsys.readouterr().out == ""
    config = from_dict(read(output / "config.yaml"))
    assert config == compose(["dataset=salmon", "dataset.val_fraction=0.3", "optimizer=sgd",
                              "dataset.path=data/fish.csv"])  # fmt: skip
    data = read(output / "data.yaml")
    assert (data["acquire"]["source"], data["prepare"]["val_fraction"]) == ("salmon", 0.3)
    assert (data["prepare"]["double"], data["prepare"]["target_transform"]) == (False, "none")
    assert run_command([*argv, "optimizer.lr=0.5", "dataset.name=other"]) == 0
    assert read(output / "data.yaml") == data
    assert to_dict(config) != read(output / "config.yaml")
    assert run_command([*argv, "dataset.growth_rate=0.4"]) == 0
    assert read(output / "data.yaml")["acquire"] == data["acquire"] | {"growth_rate": 0.4}
    assert read(output / "data.yaml")["prepare"] == data["prepare"]


@pytest.mark.parametrize("raw", ["data/mine.csv", "data"])
def test_a_file_of_ones_own_lies_where_the_stages_look(params: Path, raw: str) -> None:
    output = params.parent / "out"
    assert run_command(["compose", f"params={params}", "name=mine", f"raw={raw}", f"output={output}"]) == 0
    assert read(output / "config.yaml")["dataset"]["path"] == "data/mine.csv"
    assert read(output / "data.yaml")["acquire"] == {"source": "csv"}
    assert read(output / "data.yaml")["prepare"]["double"] is True


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["params=params.yaml"], "params and name: the one says where an experiment stands, the other which"),
        (["name=digits"], "params and name: the one says where"),
        (["params=nowhere.yaml", "name=digits"], "params=nowhere.yaml: there is no such file"),
        (["params=PARAMS", "name=salmon"], "name=salmon: PARAMS holds no overrides of it; write salmon: {}"),
        (["params=PARAMS", "name=digit"], "name=digit: PARAMS holds no overrides of it; did you mean digits?"),
        (["params=PARAMS", "name=mine", "raw=data/other.csv"],
         "dataset.path={here}/data/mine.csv: the stages watch data/other.csv; let both be the same file or folder"),
        (["dataset=custom", "dataset._target_=own.load", "dataset.target=y", "trusted=own", "raw=rows.csv"],
         "dataset=custom: comes from code, which no stage watches. Write its rows with trainyard acquire output=rows"),
        (["note=${oc.env:OF_MINE}", "output=OUT"],
         "note: comes from the environment, which is not written to a file; give the value itself"),
        (["tracking=server", "tracking.uri=http://me:hunter22@host", "output=OUT"],
         "tracking.uri: holds a secret, which is not written to a file; leave it out here, and give it where it is"),
        (["lr=3"], "lr: no such key; did you mean optimizer.lr?"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(
    params: Path, argv: list[str], told: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_MINE", "hunter22")
    out = params.parent / "out"
    argv = [word.replace("PARAMS", str(params)).replace("OUT", str(out)) for word in argv]
    assert run_command(["compose", *argv]) == 2
    told = told.replace("PARAMS", str(params)).replace("{here}", str(Path.cwd()))
    assert f"\n  {told}" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("digits: {}", "must list the names of its experiments, such as experiments: [digits, salmon]"),
        ("- digits", "must list the names of its experiments"),
        ("experiments: [digits, 3]", "must list the names of its experiments"),
        ("experiments: [digits]\ndigist: {}\ndigits: {}",
         "digist is none of the experiments (digits); did you mean digits?"),
        ("experiments: [digits]\ndigits: seed", "digits: must hold overrides as keys, such as"),
        ("experiments: [digits", "cannot be read as YAML (while parsing a flow sequence"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_is_told(project: Path, text: str, told: str, capsys: Capture) -> None:
    (project / "params.yaml").write_text(text, encoding="utf-8")
    assert run_command(["compose", f"params={project / 'params.yaml'}", "name=digits"]) == 2
    assert told in capsys.readouterr().err


def test_the_pipeline_of_the_repository_composes(project: Path, capsys: Capture) -> None:
    for name in read(Path("params.yaml"))["experiments"]:
        assert run_command(["compose", "params=params.yaml", f"name={name}", f"raw=data/{name}.csv"]) == 0
        assert from_dict(yaml.safe_load(capsys.readouterr().out)).dataset.path == f"data/{name}.csv"
