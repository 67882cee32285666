import hashlib
import json

import pytest
import torch
from safetensors.torch import load_file

from trainyard.inference import package
from trainyard.inference.card import card_digest
from trainyard.inference.package import save_package, weights_md5

STATE = {"weight": torch.arange(6.0).view(2, 3), "step": torch.tensor(3)}


def test_weights_and_card_are_written_with_what_loading_checks(tmp_path):
    save_package(tmp_path / "model", state=STATE, card={"task": "x"})
    data = (tmp_path / "model" / "weights.safetensors").read_bytes()
    card = json.loads((tmp_path / "model" / "card.json").read_text())
    assert card.pop("digest") == card_digest(card)
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
            "sums": {"weight": [15.0, 15.0], "step": [3.0, 3.0]},
        },
    }
    assert weights_md5(tmp_path / "model") == hashlib.md5(data).hexdigest()
    assert torch.equal(load_file(tmp_path / "model" / "weights.safetensors")["weight"], STATE["weight"])


def test_it_takes_the_place_of_an_older_one(tmp_path):
    for value in (1, 2):
        save_package(tmp_path / "model", state=STATE, card={"value": value})
    assert json.loads((tmp_path / "model" / "card.json").read_text())["value"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_tensors_that_share_memory_are_kept_apart(tmp_path):
    rows = torch.arange(8.0).view(2, 4)
    save_package(tmp_path / "model", state={"a": rows[0], "b": rows[:, 1], "tied": rows[0]}, card={})
    kept = load_file(tmp_path / "model" / "weights.safetensors")
    assert {name: tensor.tolist() for name, tensor in kept.items()} == {
        "a": [0, 1, 2, 3], "b": [1, 5], "tied": [0, 1, 2, 3],
    }  # fmt: skip


def test_a_crash_while_writing_leaves_the_old_package(tmp_path, monkeypatch):
    save_package(tmp_path / "model", state=STATE, card={"value": 1})

    def full(path, data):
        path.write_bytes(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(package, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        save_package(tmp_path / "model", state=STATE, card={"value": 2})
    assert json.loads((tmp_path / "model" / "card.json").read_text())["value"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_card_that_is_no_json_leaves_the_old_package(tmp_path):
    save_package(tmp_path / "model", state=STATE, card={"value": 1})
    with pytest.raises(TypeError):
        save_package(tmp_path / "model", state=STATE, card={"value": object()})
    assert json.loads((tmp_path / "model" / "card.json").read_text())["value"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
