import numpy as np
import pyarrow as pa
import pytest

from tests.export.models import mixed_model
from tests.inference.packages import package_images
from trainyard.data.pixels import PixelArray
from trainyard.data.source import Source
from trainyard.export.truth import PIECE, example_pieces, largest_difference, plain_predictions, raw_pieces
from trainyard.inference import load


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    return mixed_model(tmp_path_factory.mktemp("package") / "model")


def test_rows_of_a_table_come_raw_and_one_in_which_all_is_missing_follows(classifier):
    model, source = classifier
    rows, missing = raw_pieces(model, source, np.array([7, 3]))
    assert rows["size"].to_pylist() == source.table["size"].take(pa.array([7, 3])).to_pylist()
    assert missing.num_rows == 1
    assert all(column.null_count == 1 for column in missing.columns)


def test_images_come_raw_some_at_a_time(tmp_path):
    images = package_images(tmp_path / "model")
    many = np.resize(images, (PIECE + 1, *images.shape[1:]))
    source = Source(table=pa.table({"y": np.arange(PIECE + 1)}), digest="", origin="", pixels=PixelArray(many))
    pieces = list(raw_pieces(load(tmp_path / "model"), source, np.arange(PIECE + 1)))
    assert [len(piece) for piece in pieces] == [PIECE, 1]
    assert np.array_equal(np.concatenate(pieces), many)


def test_probabilities_differ_by_what_they_differ(classifier):
    model, source = classifier
    expected = plain_predictions(model, source.table)
    assert largest_difference(model, expected, expected) == 0
    other = {**expected, "probabilities": expected["probabilities"] + 0.25}
    assert largest_difference(model, expected, other) == pytest.approx(0.25)
    broken = {**expected, "probabilities": expected["probabilities"] * np.nan}
    assert largest_difference(model, expected, broken) == np.inf


def test_another_label_counts_as_what_it_is_less_likely(classifier):
    model, source = classifier
    expected = plain_predictions(model, source.table)
    first, second = expected["probabilities"][0]
    swapped = expected["prediction"].copy()
    swapped[0] = {"big": "small", "small": "big"}[swapped[0]]
    assert largest_difference(model, expected, {**expected, "prediction": swapped}) == abs(first - second)
    swapped = swapped.astype(object)
    swapped[0] = "huge"
    assert largest_difference(model, expected, {**expected, "prediction": swapped}) == np.inf


def test_numbers_differ_in_deviations_of_their_target(tmp_path):
    model, source = mixed_model(tmp_path / "model", target=("length", "width"))
    expected = plain_predictions(model, source.table)
    other = {**expected, "width": expected["width"] + 3 * model.card["target_scale"][1]}
    assert largest_difference(model, expected, other) == pytest.approx(3)


def test_examples_of_the_card_are_rows_too(classifier, tmp_path):
    model, _ = classifier
    assert [len(piece) for piece in example_pieces(model)] == [len(model.card["example"]), 1]
    images = package_images(tmp_path / "model")
    (piece,) = example_pieces(load(tmp_path / "model"))
    assert piece.shape[1:] == images.shape[1:]
