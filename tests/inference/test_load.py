import json
import subprocess
import sys

import pytest
import torch

from tests.inference.packages import make_package
from trainyard.inference import PackageError, load


@pytest.fixture
def folder(tmp_path):
    make_package(tmp_path / "run" / "model")
    return tmp_path / "run" / "model"


def edit(folder, change):
    card = json.loads((folder / "card.json").read_text())
    change(card)
    (folder / "card.json").write_text(json.dumps(card))


def refusal(folder):
    with pytest.raises(PackageError) as refused:
        load(folder)
    return str(refused.value)


def test_it_is_found_by_its_own_folder_and_by_the_runs(folder):
    assert load(folder).columns == load(str(folder.parent)).columns == ("size", "color", "town", "number")


def test_the_network_is_ready_to_predict(folder):
    network = load(folder).network
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())


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
    assert f"has {len(data) - 1} bytes instead of {len(data)}. It was cut off or altered." in refusal(folder)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert "does not have the digest on its card. It was altered." in refusal(folder)
    path.unlink()
    assert "cannot be read (No such file or directory)" in refusal(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda card: card.update(format="other"), "is not the card of a Trainyard model"),
        (lambda card: card.update(version=9), "is of version 9; this Trainyard reads version 1"),
        (lambda card: card["network"].update(name="vgg"), "network vgg: this Trainyard has no such network"),
        (lambda card: card["network"].update(hidden=[9]), "does not describe a model that can be built"),
        (lambda card: card["network"].update(hidden="many"), "The network on the card must be"),
        (lambda card: card["weights"]["tensors"].pop("output.bias"), "holds other tensors than its card says"),
        (lambda card: card.pop("inputs"), "does not describe a model that can be built"),
        (lambda card: card.update(preprocessing=None), "does not describe a model that can be built"),
    ],
)
def test_a_card_that_does_not_fit_is_refused_in_a_sentence(folder, change, words):
    edit(folder, change)
    assert words in refusal(folder)


def test_a_card_that_is_no_json_is_refused(folder):
    (folder / "card.json").write_text("{")
    assert "cannot be read" in refusal(folder)


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
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())
    assert loaded & {"pytorch_lightning", "lightning", "hydra", "mlflow", "sklearn"} == set()
