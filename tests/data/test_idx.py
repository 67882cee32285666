import gzip
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tests.data.image_data import CODES, idx_bytes
from trainyard.data.idx import read_idx
from trainyard.errors import DataError

ARRAYS = st.sampled_from([*CODES]).flatmap(lambda kind: arrays(kind, array_shapes(max_dims=4, max_side=4, min_side=0)))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("idx") / "train-images"


@given(array=ARRAYS, zipped=st.booleans())
def test_every_array_comes_back(path, array, zipped):
    data = idx_bytes(array)
    file = path.with_suffix(".gz" if zipped else ".ubyte")
    file.write_bytes(gzip.compress(data) if zipped else data)
    read = read_idx(file)
    assert (read.shape, read.dtype.newbyteorder("=")) == (array.shape, array.dtype)
    np.testing.assert_array_equal(read, array)


@given(data=st.binary(max_size=40), array=ARRAYS, cut=st.integers(0, 60))
def test_whatever_is_no_idx_file_is_told_in_a_sentence(path, data, array, cut):
    whole = idx_bytes(array)
    for wrong in (data, whole[: min(cut, len(whole) - 1)], whole + b"x"):
        file = path.with_suffix(".ubyte")
        file.write_bytes(wrong)
        try:
            read = read_idx(file)
        except DataError as error:
            [fault] = error.faults
            assert fault.startswith("train-images.ubyte is ")
            assert "\n" not in fault
        else:  # bytes by chance that are one
            assert len(wrong) == 4 + 4 * read.ndim + math.prod(read.shape) * read.dtype.itemsize


def fault_of(path, data):
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        read_idx(path)
    [fault] = caught.value.faults
    return fault


IMAGES = np.zeros((3, 2, 2), np.uint8)


def test_poisoned_files(tmp_path):
    path = tmp_path / "images"
    data = idx_bytes(IMAGES)
    assert fault_of(path, data[:-1]) == (
        "images is cut off: 3 x 2 x 2 values of 1 bytes are 28 bytes with the header, but it has 27. Copy it again "
        f"({path})."
    )
    assert fault_of(path, data + b"!") == (
        "images is longer than its header says: 3 x 2 x 2 values of 1 bytes are 28 bytes with the header, but it has "
        f"29. Copy it again ({path})."
    )
    assert fault_of(path, data[:9]) == f"images is cut off within its header. Copy it again ({path})."
    assert fault_of(path, b"") == (
        "images is no IDX file: it begins with nothing, not with 0000, a kind of number and the number of dimensions. "
        f"({path})"
    )
    assert fault_of(path, gzip.compress(data)).startswith("images is no IDX file: it begins with 1f8b08")
    assert "It is a gzip file; name it .gz." in fault_of(path, gzip.compress(data))
    zipped = tmp_path / "images.gz"
    assert fault_of(zipped, gzip.compress(data)[:-9]).startswith("images.gz is cut off: its gzip stream ends too early")
    assert fault_of(zipped, data).startswith("images.gz is not a gzip file. Name it images")


def test_a_plain_file_is_mapped(tmp_path):
    path = tmp_path / "images"
    path.write_bytes(idx_bytes(IMAGES))
    base = read_idx(path)
    while not isinstance(base, np.memmap):
        base = base.base
    assert base.filename == path
