import json

import numpy as np
import pytest

from tests.export.models import mixed_model
from trainyard.errors import ConfigError, DataError
from trainyard.export import formats
from trainyard.export.truth import plain_predictions, raw_pieces
from trainyard.export.write import ParityError, check_output, export


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package") / "model"
    return *mixed_model(folder, texts=True), folder


def pieces(made):
    return raw_pieces(made[0], made[1], np.arange(120))


def test_an_export_says_what_it_takes_and_how_far_it_is(tmp_path, made):
    model, _, folder = made
    found = export(model, folder, "onnx", tmp_path / "out", pieces(made))
    assert [path.name for path in found.files] == ["model.onnx", "signature.json"]
    assert found.rows == 121
    assert found.difference < 1e-6
    signature = json.loads((tmp_path / "out" / "signature.json").read_text())
    assert [each["name"] for each in signature["inputs"]] == list(model.columns)
    assert [each["name"] for each in signature["outputs"]] == ["prediction", "probabilities"]
    assert signature["classes"] == ["big", "small"]
    assert signature["parity"]["largest_difference"] == found.difference


def test_an_export_replaces_an_earlier_one_and_nothing_else(tmp_path, made):
    model, _, folder = made
    for _ in range(2):
        check_output(tmp_path / "out")
        export(model, folder, "package", tmp_path / "out", pieces(made))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "card.json", "signature.json", "weights.safetensors",
    ]  # fmt: skip
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(ConfigError, match="holds something else than an earlier export"):
        check_output(tmp_path / "mine")
    with pytest.raises(ConfigError, match=r"letter.txt/out: cannot be written \(Not a directory\)"):
        check_output(tmp_path / "mine" / "letter.txt" / "out")


def test_one_that_predicts_otherwise_is_an_error_and_nothing_is_written(tmp_path, made, monkeypatch):
    model, _, folder = made

    def off(model, source, folder, trust):
        written = formats.write_package(model, source, folder, trust)
        return formats.Written(written.file, lambda rows: {
            **plain_predictions(model, rows), "probabilities": model.predict_proba(rows) + 2e-4,
        }, [], [], [])  # fmt: skip

    monkeypatch.setitem(formats.FORMATS, "package", off)
    with pytest.raises(ParityError, match=r"over 121 test rows a prediction differs by 0\.0002 \(probability\)"):
        export(model, folder, "package", tmp_path / "out", pieces(made))
    assert list(tmp_path.iterdir()) == []


def test_what_a_format_cannot_hold_leaves_nothing_behind(tmp_path, made):
    model, _, folder = made
    with pytest.raises(DataError, match="format=onnx and format=package do"):
        export(model, folder, "torch", tmp_path / "out", pieces(made))
    assert list(tmp_path.iterdir()) == []
