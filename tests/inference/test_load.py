import json
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file

from tests.inference.packages import COLUMNS, make_package
from trainyard.config.schema.model import Custom, Layers, Linear, Mlp
from trainyard.inference import PackageError, load
from trainyard.inference.card import card_digest

OWN = Custom(_target_="tests.networks.own.Fitted", arguments={"scale": 0.5})

BRANCHES = {
    "town": {"type": "Embedding", "embedding_dim": 4, "inputs": ("categories.town",)},
    "all": {"type": "Embedding", "embedding_dim": 4, "inputs": ("categories",), "init": "orthogonal"},
    "steps": {"type": "LSTM", "hidden_size": 3, "inputs": ("all",), "lr_multiplier": 0},
    "joined": {"type": "Merge", "inputs": ("town", "steps", "row")},
    "norm": {"type": "BatchNorm1d", "momentum": None},
}


@pytest.fixture
def folder(tmp_path):
    make_package(tmp_path / "run" / "model")
    return tmp_path / "run" / "model"


def edit(folder, change):
    """Change the card as one would who knows of its digest."""
    card = json.loads((folder / "card.json").read_text())
    change(card)
    card["digest"] = card_digest(card)
    (folder / "card.json").write_text(json.dumps(card))


def refusal(folder):
    with pytest.raises(PackageError) as refused:
        load(folder)
    return str(refused.value)


def test_it_is_found_by_its_own_folder_and_by_the_runs(folder):
    assert load(folder).columns == load(str(folder.parent)).columns == COLUMNS


def test_the_network_is_ready_to_predict(folder):
    network = load(folder).network
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())


@pytest.mark.parametrize(
    "config",
    [
        Linear(),
        Mlp(hidden=()),
        Mlp(hidden=(16, 16), residual=True, dropout=0.5, activation="gelu"),
        Mlp(hidden=(8, 4), normalization="batch", embedding_size=3),
        Mlp(hidden=(8,), normalization="layer"),
        Layers(),
        Layers(layers=BRANCHES, embedding_size=3),
        OWN,
    ],
    ids=str,
)
def test_every_kind_of_network_comes_back_with_its_weights(tmp_path, config):
    make_package(tmp_path / "model", config=config, trusted=["tests"])
    kept = load_file(tmp_path / "model" / "weights.safetensors")
    loaded = load(tmp_path / "model", trust=["tests"]).network.state_dict()
    assert kept.keys() == loaded.keys()
    assert all(torch.equal(kept[name], loaded[name]) for name in kept)


def test_layers_in_another_order_are_the_same_network(tmp_path):
    _, table = make_package(tmp_path / "model", config=Layers(layers=BRANCHES))
    expected = load(tmp_path / "model").predict_proba(table)

    def reverse(card):
        card["network"]["layers"] = dict(reversed(card["network"]["layers"].items()))

    edit(tmp_path / "model", reverse)
    assert (load(tmp_path / "model").predict_proba(table) == expected).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"type": "Sequential"}, "network.layers.a.type=Sequential: holds other layers"),
        ({"type": "torch.load"}, "network.layers.a.type=torch.load: no such layer"),
        ({"type": "ReLU", "device": "cpu"}, "network.layers.a.device: ReLU has no argument device"),
        ({"type": "Linear", "out_features": 4, "inputs": ["b"]}, "network.layers.a.inputs=[b]: there is no layer b"),
    ],
)
def test_a_card_names_layers_of_the_table_only(tmp_path, change, words):
    make_package(tmp_path / "model", config=Layers(layers={"a": {"type": "Linear", "out_features": 4}}))
    edit(tmp_path / "model", lambda card: card["network"]["layers"].update(a=change))
    assert words in refusal(tmp_path / "model")


def test_double_weights_stay_double(tmp_path):
    _, table = make_package(tmp_path / "model", precision="64")
    model = load(tmp_path / "model")
    assert {tensor.dtype for tensor in model.network.parameters()} == {torch.float64}
    assert len(model.predict(table)) == table.num_rows


def test_a_folder_without_a_model_is_named(tmp_path):
    assert refusal(tmp_path) == f"{tmp_path}: there is no packaged model here (no card.json)."


def test_truncated_and_altered_weights_are_refused(folder):
    path = folder / "weights.safetensors"
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    assert f"has {len(data) - 1} bytes instead of {len(data)}. It was cut off or altered;" in refusal(folder)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert "does not have the digest on its card. It was altered;" in refusal(folder)
    path.unlink()
    assert "cannot be read (No such file or directory)" in refusal(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda card: card.update(format="other"), "is not the card of a Trainyard model"),
        (lambda c: c.update(version=9), "is of version 9, but this Trainyard reads version 1. Load it with trainyard "),
        (lambda c: c.update(version=9, versions=None), "Load it with the release of Trainyard, which wrote it."),
        (lambda card: card["network"].update(name="vgg"), "that this Trainyard can build (there is no network vgg)"),
        (lambda card: card["network"].update(hidden=[9]), "that this Trainyard can build (Error(s) in loading"),
        (lambda card: card["network"].update(hidden="many"), "that this Trainyard can build (the network must be"),
        (lambda card: card["network"].update(depth=3), "the network mlp has no key 'depth'"),
        (lambda card: card["weights"]["tensors"].pop("output.bias"), "holds tensors of other names, shapes or dtypes"),
        (lambda card: card["weights"]["sums"]["output.bias"].reverse(), "the values of output.bias are not those that"),
        (lambda card: card.pop("inputs"), "that this Trainyard can build ('inputs')"),
        (lambda card: card.update(preprocessing=None), "does not describe a model"),
        (lambda card: card["preprocessing"].update(version=7), "The preprocessing is of version 7"),
    ],
)
def test_a_card_that_does_not_fit_is_refused_in_a_sentence(folder, change, words):
    edit(folder, change)
    assert words in refusal(folder)


def test_a_card_that_is_no_json_is_refused(folder):
    path = folder / "card.json"
    path.write_text(path.read_text()[:-20])
    assert refusal(folder) == f"{path}: is no JSON. It was cut off or altered; package the model again."
    path.unlink()
    path.mkdir()
    assert refusal(folder) == f"{path}: cannot be read (Is a directory)."


def test_a_card_with_one_number_changed_is_refused(folder):
    path = folder / "card.json"
    card = json.loads(path.read_text())
    card["preprocessing"]["columns"][0]["fill"] += 1e-9
    path.write_text(json.dumps(card))
    assert refusal(folder) == f"{path}: does not have the digest it names. It was altered; package the model again."


def test_weights_that_are_no_safetensors_are_refused(folder):
    import hashlib

    data = b"\x08\x00\x00\x00\x00\x00\x00\x00{{{{{{{{"
    (folder / "weights.safetensors").write_bytes(data)
    edit(folder, lambda card: card["weights"].update(bytes=len(data), md5=hashlib.md5(data).hexdigest()))
    assert "is no safetensors file" in refusal(folder)


def test_loading_imports_neither_lightning_nor_hydra_nor_mlflow(folder):
    code = (
        f"from trainyard.inference import load; import sys; m = load({str(folder)!r}); m.predict(m.card['example']);"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = set(printed.split())
    assert loaded & {"pytorch_lightning", "lightning", "hydra", "mlflow", "sklearn"} == set()


def test_code_of_ones_own_is_run_where_it_is_trusted_alone(tmp_path):
    _, table = make_package(tmp_path / "model", config=OWN, trusted=["tests"])
    assert refusal(tmp_path / "model") == (
        f"{tmp_path}/model/card.json: "
        "The network is tests.networks.own.Fitted, code of one's own that did not come with the weights. To import and "
        "run it, trust its package: trusted=[tests], in Python load(..., trust=('tests',))."
    )
    model = load(tmp_path / "model", trust=("tests",))
    assert model.network.scale == 0.5
    assert len(model.predict(table)) == table.num_rows


def test_loading_and_predicting_a_row_imports_little(tmp_path):
    make_package(tmp_path / "model")
    code = ("import sys, trainyard; model = trainyard.load(sys.argv[1]); model.predict(model.card['example'][:1]); "
            "print(*sorted(set(sys.argv[2:]) & set(sys.modules)))")  # fmt: skip
    unused = ["torch._dynamo", "sympy", "pandas", "trainyard.networks.cnn", "trainyard.networks.layers",
              "trainyard.config.keys", "trainyard.config.schema.dataset", "trainyard.data.image_encoder"]  # fmt: skip
    words = [sys.executable, "-c", code, str(tmp_path), *unused]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
