import json

import numpy as np
import pytest

from tests.inference.packages import make_package
from trainyard.inference import PackageError, load
from trainyard.inference.probe import check_outputs


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("probed") / "model"
    make_package(folder)
    return load(folder)


def test_a_card_holds_what_the_model_gives_for_its_example_and_a_row_of_missing_values(model):
    rows = [*model.card["example"], {}]
    assert len(model.card["probe_outputs"]) == 3
    rows[-1] = dict.fromkeys(model.columns)
    np.testing.assert_allclose(model.outputs(rows), model.card["probe_outputs"], rtol=1e-5)
    check_outputs(model)


@pytest.mark.parametrize("change", [0.01, float("nan")])
def test_a_model_that_gives_something_else_is_refused(model, monkeypatch, change):
    outputs = json.loads(json.dumps(model.card["probe_outputs"]))
    outputs[2][1] += change
    monkeypatch.setitem(model.card, "probe_outputs", outputs)
    with pytest.raises(PackageError, match="gives other numbers for the rows on its card than when it was packaged"):
        check_outputs(model)


@pytest.mark.parametrize("precision", ["64", "bf16-mixed", "bf16-true"])
def test_every_precision_keeps_its_numbers(tmp_path, precision):
    _, table = make_package(tmp_path / "model", precision=precision)
    assert len(load(tmp_path / "model").predict(table)) == table.num_rows
