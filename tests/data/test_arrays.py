import numpy as np
import pytest

from tests.data.image_data import arrays_of, pictures
from trainyard.data.arrays import load_arrays
from trainyard.errors import DataError
from trainyard.lineage.digest import file_md5, parts_md5

X, Y = pictures(6, 4, 5), np.array([0, 1, 0, 1, 2, 2])


def load(path, **options):
    return load_arrays(arrays_of(path, **options), None)


def test_x_and_y_in_one_file(tmp_path):
    np.savez(tmp_path / "waves.npz", x=X, y=Y, notes=np.zeros(3))
    source = load(tmp_path / "waves.npz")
    assert source.table.to_pydict() == {"y": Y.tolist()}
    np.testing.assert_array_equal(source.pixels.read(np.arange(6))[:, 0], X)
    assert (source.digest, source.parts) == (file_md5(tmp_path / "waves.npz"), None)
    assert source.notes == ("waves.npz also holds notes, which is not used.",)
    assert source.where(2) == "waves.npz, row 3"


def test_parts_as_keras_names_them(tmp_path):
    np.savez(tmp_path / "mnist.npz", x_train=X[:4], y_train=Y[:4], x_test=X[4:], y_test=Y[4:])
    source = load(tmp_path / "mnist.npz")
    assert source.parts.tolist() == ["train"] * 4 + ["test"] * 2
    assert source.table["y"].to_pylist() == Y.tolist()
    assert source.where(5) == "x_test of mnist.npz, row 2"
    alone = load(tmp_path / "mnist.npz", split="random")
    assert (alone.parts, alone.table.num_rows) == (None, 4)


def test_files_of_their_own_are_mapped(tmp_path):
    for name, array in (("x", X), ("y", np.array(["a", "b", "a", "b", "c", "c"])), ("w", np.arange(6.0))):
        np.save(tmp_path / f"{name}.npy", array)
    path = tmp_path / "x.npy"
    source = load(path, y_path=str(tmp_path / "y.npy"), weight=str(tmp_path / "w.npy"))
    assert source.table.column_names == ["y", str(tmp_path / "w.npy")]
    assert source.table["y"].to_pylist() == ["a", "b", "a", "b", "c", "c"]
    base = source.pixels.images
    while not isinstance(base, np.memmap):
        base = base.base
    files = {"x": path, "y": tmp_path / "y.npy", "weight": tmp_path / "w.npy"}
    assert source.digest == parts_md5((part, file_md5(file)) for part, file in files.items())


def test_weights_in_the_same_file(tmp_path):
    np.savez(tmp_path / "waves.npz", x=X, y=Y, w=np.arange(6.0))
    source = load(tmp_path / "waves.npz", weight="w")
    assert (source.table["w"].to_pylist(), source.notes) == ([0, 1, 2, 3, 4, 5], ())


def fault_of(path, **options):
    with pytest.raises(DataError) as caught:
        load(path, **options)
    [fault] = caught.value.faults
    return fault


def test_arrays_that_are_not_there(tmp_path):
    path = tmp_path / "waves.npz"
    np.savez(path, x=X, labels=Y)
    assert fault_of(path) == "waves.npz has no y; it holds x and labels. Save it with np.savez(path, x=x, y=y)."
    np.savez(path, x_train=X, y_train=Y, x_test=X)
    assert fault_of(path) == (
        "waves.npz has no y_test; it holds x_train, y_train and x_test. Save it with np.savez(path, x=x, y=y)."
    )
    np.savez(path, images=X)
    assert fault_of(path) == (
        "waves.npz has no x, nor x_train; it holds images. Save it with np.savez(path, x=x, y=y)."
    )
    np.savez(path, x=X, y=Y)
    assert fault_of(path, weight="w").startswith("waves.npz has no w; it holds x and y.")


def test_poisoned_files(tmp_path):
    path = tmp_path / "waves.npz"
    np.savez(path, x=X, y=np.array([{}] * 6))
    assert fault_of(path) == (
        "waves.npz holds Python objects, which are not read, as they can run code. Save it as numbers or texts "
        f"({path})."
    )
    np.savez(path, x=X, y=Y)
    path.write_bytes(path.read_bytes()[:200])
    assert fault_of(path) == f"waves.npz is cut off or damaged. Copy it again ({path})."
    np.save(tmp_path / "waves.npy", X)
    (tmp_path / "waves.npy").rename(path)
    assert fault_of(path) == f"waves.npz is an .npy by its content. Name it so ({path})."
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", Y)
    (tmp_path / "x.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:-9])
    options = {"y_path": str(tmp_path / "y.npy")}
    assert fault_of(tmp_path / "x.npy", **options) == (
        f"x.npy is cut off or damaged. Copy it again ({tmp_path / 'x.npy'})."
    )
    np.savez(tmp_path / "z.npz", x=X)
    (tmp_path / "z.npz").rename(tmp_path / "x.npy")
    assert fault_of(tmp_path / "x.npy", **options) == (
        f"x.npy is an .npz by its content. Name it so ({tmp_path / 'x.npy'})."
    )
    np.save(tmp_path / "x.npy", X)
    assert fault_of(tmp_path / "x.npy", **options, weight="w") == (
        "dataset.weight=w names no .npy; give the file with the weights."
    )
