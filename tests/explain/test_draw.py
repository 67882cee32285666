import numpy as np
import pytest
from matplotlib.image import imread

from trainyard.explain.draw import draw_activations, draw_filters, draw_importance, draw_maps
from trainyard.explain.importance import Importance
from trainyard.reports.style import settings

RNG = np.random.default_rng(0)


def importance(count):
    return Importance("rmse", 2.0, tuple(f"column {place}" for place in range(count)), RNG.random((count, 5)))


@pytest.fixture(autouse=True)
def house_style():
    with settings():
        yield


def test_a_bar_a_column_makes_a_plot_taller(tmp_path):
    few = imread(draw_importance(importance(3), "run", tmp_path / "few.png"))
    many = imread(draw_importance(importance(40), "run", tmp_path / "many.png"))
    most = imread(draw_importance(importance(30), "run", tmp_path / "most.png"))
    assert few.shape[0] < many.shape[0] == most.shape[0]


@pytest.mark.parametrize("channels", [1, 3])
def test_each_image_has_a_row_with_its_maps(tmp_path, channels):
    images, maps = RNG.random((2, channels, 6, 5)), RNG.random((2, 6, 5))
    one = imread(draw_maps(images[:1], maps[:1], maps[:1], ["a"], "run", tmp_path / "one.png"))
    two = imread(draw_maps(images, maps, maps, ["a", "b"], "run", tmp_path / "two.png"))
    assert one.shape[0] < two.shape[0]


def test_the_same_maps_give_the_same_bytes(tmp_path):
    images, maps = RNG.random((1, 1, 6, 5)), RNG.random((1, 6, 5))
    files = [draw_maps(images, maps, maps, ["a"], "run", tmp_path / name) for name in ("one.png", "two.png")]
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_filters_are_drawn_eight_to_a_row(tmp_path, channels):
    eight = imread(draw_filters(RNG.normal(size=(8, channels, 3, 3)), "run", tmp_path / "eight.png"))
    nine = imread(draw_filters(RNG.normal(size=(9, channels, 3, 3)), "run", tmp_path / "nine.png"))
    assert eight.shape[0] < nine.shape[0]
    assert eight.shape[1] == nine.shape[1]


def test_layers_have_a_row_each_whatever_their_channels(tmp_path):
    maps = {"first": RNG.random((3, 6, 5)), "second": RNG.random((12, 3, 2))}
    one = imread(draw_activations({"second": maps["second"]}, "run", tmp_path / "one.png"))
    two = imread(draw_activations(maps, "run", tmp_path / "two.png"))
    assert one.shape[0] < two.shape[0]
