import numpy as np
import pytest

from trainyard.data.sink import InFolder, InMemory


@pytest.mark.parametrize("kind", ["memory", "folder"])
def test_an_array_is_filled_some_rows_at_a_time(kind, tmp_path):
    sink = InMemory() if kind == "memory" else InFolder(tmp_path)
    filling = sink.open("train", "x", (5, 2), "float32")
    rows = np.arange(10.0).reshape(5, 2)
    filling.append(rows[:3])
    filling.append(np.asfortranarray(rows[3:]))
    array = filling.close()
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, rows)
    assert [path.name for path in tmp_path.iterdir()] == ([] if kind == "memory" else ["train_x.npy"])


def test_what_is_written_is_mapped_and_is_what_numpy_writes(tmp_path):
    filling = InFolder(tmp_path).open("val", "codes", (3, 4), np.int32)
    filling.append(np.arange(12).reshape(3, 4))
    assert isinstance(filling.close(), np.memmap)
    np.save(tmp_path / "plain.npy", np.arange(12, dtype=np.int32).reshape(3, 4))
    assert (tmp_path / "val_codes.npy").read_bytes() == (tmp_path / "plain.npy").read_bytes()


def test_an_array_without_values(tmp_path):
    assert InFolder(tmp_path).open("test", "codes", (7, 0), np.int32).close().shape == (7, 0)
