import numpy as np
import pyarrow as pa
import pytest

from tests.data.image_data import arrays_of, pictures
from trainyard.data import assemble_images
from trainyard.data.assemble import assemble
from trainyard.data.encoding import load_encoder
from trainyard.data.pixels import PixelArray, pixel_scale
from trainyard.data.sink import InFolder
from trainyard.data.source import Source
from trainyard.errors import DataError

ROWS = 80


def source(images, **columns):
    table = pa.table({"y": np.arange(len(images)) % 2, **columns})
    kind = images.dtype if images.dtype.kind == "f" else np.dtype(np.uint8)
    return Source(table, "0" * 32, "here", pixels=PixelArray(images, kind))


def made_of(images, double=False, sink=None, columns=None, **options):
    return assemble(source(images, **columns or {}), arrays_of("x.npz", **options), "auto", double, sink=sink)


@pytest.mark.parametrize("double", [False, True])
def test_the_card_alone_gives_what_training_sees(double):
    images = pictures(ROWS, 3, 4, 5)
    made = made_of(images, double)
    kind = np.float64 if double else np.float32
    for part in (made.train, made.val, made.test):
        assert part.x.dtype == np.uint8
        seen = pixel_scale(made.preprocessing)(part.x.reshape(-1, 3, 4, 5))
        x, _ = load_encoder(made.preprocessing).encode(images[part.rows])
        assert x.dtype == seen.dtype == kind
        assert x.tobytes() == seen.tobytes()
    train = images[made.train.rows]
    scaled = pixel_scale(made.preprocessing)(train)
    np.testing.assert_allclose(scaled.mean((0, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(scaled.std((0, 2, 3)), 1, rtol=1e-5)


def test_what_is_fitted_depends_on_train_alone():
    images = pictures(ROWS, 1, 3, 3)
    one = made_of(images)
    others = images.copy()
    others[one.test.rows] = 255
    assert made_of(others).preprocessing == one.preprocessing


def test_floats_stay_floats():
    images = np.random.default_rng(0).normal(size=(ROWS, 1, 3, 3))
    made = made_of(images)
    assert made.train.x.dtype == np.float32
    np.testing.assert_array_equal(made.test.x.reshape(-1, 1, 3, 3), images[made.test.rows].astype(np.float32))
    assert made_of(images, double=True).train.x.dtype == np.float64
    assert made.preprocessing["columns"][0]["type"] == "double"


def test_without_a_transform_pixels_are_what_they_are():
    made = made_of(pictures(ROWS, 1, 3, 3), transform="none")
    seen = pixel_scale(made.preprocessing)(made.val.x.reshape(-1, 1, 3, 3))
    np.testing.assert_array_equal(seen.reshape(-1, 9), made.val.x)


def test_weights_count_in_the_mean():
    images = np.concatenate([np.full((40, 1, 2, 2), 10, np.uint8), np.full((40, 1, 2, 2), 20, np.uint8)])
    made = made_of(images, columns={"w": np.repeat([3.0, 1.0], 40)}, weight="w", target=("y",))
    weight, values = made.train.weight, made.train.x[:, 0]
    np.testing.assert_allclose(made.preprocessing["columns"][0]["center"], [np.average(values, weights=weight)])


def test_pieces_are_written_as_the_whole(tmp_path, monkeypatch):
    images = pictures(ROWS, 1, 3, 3)
    whole = made_of(images)
    monkeypatch.setattr(assemble_images, "PIECE_BYTES", 7 * 9)
    made = made_of(images, sink=InFolder(tmp_path))
    assert isinstance(made.train.x, np.memmap)
    assert made.preprocessing == whole.preprocessing
    assert made.summary == whole.summary
    for part in ("train", "val", "test"):
        np.testing.assert_array_equal(getattr(made, part).x, getattr(whole, part).x)


def test_images_that_are_there_twice_are_counted():
    images = pictures(ROWS // 2, 1, 3, 3)
    made = made_of(np.concatenate([images, images]))
    trained = {row % 40 for row in made.train.rows.tolist()}
    expected = {part: sum(row % 40 in trained for row in getattr(made, part).rows.tolist()) for part in ("val", "test")}
    assert made.summary.duplicates == expected
    assert made.summary.notes[-1].endswith("have the features of a row of train. Metrics may come out too good.")


def test_keys_that_speak_of_columns():
    with pytest.raises(DataError) as caught:
        made_of(pictures(ROWS, 1, 3, 3), group="patient", transform="quantile")
    assert caught.value.faults == (
        "dataset.group is for columns of a table, but waves holds images. Leave it out.",
        "dataset.transform=quantile is for columns of numbers, but waves holds images. They take standard or none.",
    )
