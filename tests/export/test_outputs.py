import numpy as np
import pytest
import torch

from tests.inference.packages import make_package, raw_table
from trainyard.export.outputs import free_names, head
from trainyard.inference import load

REGRESSION = {"target": ("length", "width"), "ignore": ("label",)}


@pytest.mark.parametrize("more", [{}, {"transform": "box_cox"}, {"quantiles": (0.1, 0.5, 0.9)}])
def test_numbers_and_quantiles_are_in_original_units(tmp_path, more):
    target = {"target": ("length",), "ignore": ("label", "width")} if "transform" in more else REGRESSION
    make_package(tmp_path / "model", **target, **more)
    model = load(tmp_path / "model")
    output = model.outputs(raw_table())
    made = head(model)
    found = dict(zip(made.names, made(torch.from_numpy(output)), strict=True))
    expected = model.named(output)
    assert list(found) == list(expected)
    assert all(np.array_equal(found[name].numpy(), expected[name]) for name in expected)


def test_a_class_is_its_place_with_calibrated_probabilities(tmp_path):
    make_package(tmp_path / "model", temperature=2.5)
    model = load(tmp_path / "model")
    places, probabilities = head(model)(torch.from_numpy(model.outputs(raw_table())))
    assert np.array_equal(model.labels()[places.numpy()], model.predict(raw_table()))
    np.testing.assert_allclose(probabilities.numpy(), model.predict_proba(raw_table()), rtol=1e-12)


def test_an_output_that_an_input_is_called_like_gets_an_underscore():
    assert free_names(["prediction", "more"], ["prediction", "prediction_"]) == ("prediction__", "more")
