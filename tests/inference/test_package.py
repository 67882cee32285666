import hashlib
import json

import pytest
import torch
from safetensors.torch import load_file

from trainyard.inference.package import save_package

STATE = {"weight": torch.arange(6.0).view(2, 3), "step": torch.tensor(3)}


def test_weights_and_card_are_written_with_what_loading_checks(tmp_path):
    save_package(tmp_path / "model", state=STATE, card={"task": "x"})
    data = (tmp_path / "model" / "weights.safetensors").read_bytes()
    card = json.loads((tmp_path / "model" / "card.json").read_text())
    assert card == {
        "task": "x",
        "weights": {
            "file": "weights.safetensors",
            "bytes": len(data),
            "md5": hashlib.md5(data).hexdigest(),
            "tensors": {
                "weight": {"shape": [2, 3], "dtype": "float32"},
                "step": {"shape": [], "dtype": "int64"},
            },
        },
    }
    assert torch.equal(load_file(tmp_path / "model" / "weights.safetensors")["weight"], STATE["weight"])


def test_it_takes_the_place_of_an_older_one(tmp_path):
    for value in (1, 2):
        save_package(tmp_path / "model", state=STATE, card={"value": value})
    assert json.loads((tmp_path / "model" / "card.json").read_text())["value"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_card_that_is_no_json_leaves_the_old_package(tmp_path):
    save_package(tmp_path / "model", state=STATE, card={"value": 1})
    with pytest.raises(TypeError):
        save_package(tmp_path / "model", state=STATE, card={"value": object()})
    assert json.loads((tmp_path / "model" / "card.json").read_text())["value"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
