import gzip

import numpy as np
import pytest

from tests.data.image_data import idx_bytes, pictures
from trainyard.config.schema.dataset import Idx
from trainyard.data.idx_folder import load_idx
from trainyard.errors import DataError
from trainyard.lineage.folder import folder_md5

LABELS = np.arange(6, dtype=np.uint8) % 3


@pytest.fixture
def mnist(tmp_path):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx_bytes(pictures(6, 4, 5)))
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx_bytes(LABELS)))
    (tmp_path / "t10k-images.idx3-ubyte").write_bytes(idx_bytes(pictures(3, 4, 5, seed=1)))
    (tmp_path / "t10k-labels.idx1-ubyte").write_bytes(idx_bytes(LABELS[:3]))
    (tmp_path / "README").write_text("about them")
    return tmp_path


def load(folder, **options):
    return load_idx(Idx(name="mnist", target=("label",), path=str(folder), **options), None)


def test_train_and_test_by_their_files(mnist):
    source = load(mnist)
    assert source.table.to_pydict() == {"label": [*LABELS.tolist(), 0, 1, 2]}
    assert source.parts.tolist() == ["train"] * 6 + ["test"] * 3
    assert (source.pixels.shape, source.digest, source.origin) == ((1, 4, 5), folder_md5(mnist), str(mnist))
    np.testing.assert_array_equal(source.pixels.read(np.array([1]))[0, 0], pictures(6, 4, 5)[1])
    np.testing.assert_array_equal(source.pixels.read(np.array([8]))[0, 0], pictures(3, 4, 5, seed=1)[2])
    assert source.where(8) == "t10k-images.idx3-ubyte, row 3"


def test_another_split_takes_the_training_files_alone(mnist):
    source = load(mnist, split="random")
    assert (source.parts, source.table.num_rows) == (None, 6)


def test_colors_and_labels_of_other_kinds(tmp_path):
    (tmp_path / "train-images-idx4-ubyte").write_bytes(idx_bytes(pictures(6, 4, 5, 3)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(LABELS.astype("f4") / 2))
    source = load(tmp_path)
    assert (source.pixels.shape, source.parts) == ((3, 4, 5), None)
    assert source.table["label"].to_pylist() == (LABELS / 2).tolist()


def faults_of(folder):
    with pytest.raises(DataError) as caught:
        load(folder)
    return list(caught.value.faults)


def test_labels_that_belong_to_others(mnist):
    (mnist / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx_bytes(LABELS[:5])))
    (mnist / "t10k-images.idx3-ubyte").write_bytes(idx_bytes(pictures(3, 4, 5))[:-2])
    mismatch, truncated = faults_of(mnist)
    assert mismatch == (
        "train-images-idx3-ubyte has 6 images, but train-labels-idx1-ubyte.gz has 5 labels. Take two files that belong "
        "together."
    )
    assert truncated.startswith("t10k-images.idx3-ubyte is cut off: 3 x 4 x 5 values")


@pytest.mark.parametrize(("name", "data", "fault"), [
    ("train-images-idx3-ubyte", idx_bytes(pictures(6, 4)),
     "train-images-idx3-ubyte has 2 dimensions of uint8, but images have 3 or 4 of uint8: number, height, width, and "
     "perhaps channels ("),
    ("train-images-idx3-ubyte", idx_bytes(np.zeros((6, 4, 5), np.int16)),
     "train-images-idx3-ubyte has 3 dimensions of int16, but images have 3 or 4 of uint8"),
    ("train-labels-idx1-ubyte.gz", gzip.compress(idx_bytes(np.zeros((6, 2), np.uint8))),
     "train-labels-idx1-ubyte.gz has 2 dimensions, but labels have 1 ("),
    ("t10k-images.idx3-ubyte", idx_bytes(pictures(3, 4, 6)),
     "The images of t10k-images.idx3-ubyte are 4 x 6, but those of train-images-idx3-ubyte are 4 x 5."),
], ids=["flat", "16 bits", "two labels", "larger"])  # fmt: skip
def test_files_of_other_shapes_and_kinds(mnist, name, data, fault):
    (mnist / name).write_bytes(data)
    [found] = faults_of(mnist)
    assert found.startswith(fault)


def test_no_images(tmp_path):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx_bytes(pictures(0, 4, 5)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(LABELS[:0]))
    assert faults_of(tmp_path) == [f"train-images-idx3-ubyte holds no images ({tmp_path / 'train-images-idx3-ubyte'})."]


def test_files_that_are_not_there(mnist):
    (mnist / "t10k-labels.idx1-ubyte").unlink()
    assert faults_of(mnist) == [
        f"{mnist} has t10k-images.idx3-ubyte, but no file with its labels. Put t10k-labels.idx1-ubyte there."
    ]
    (mnist / "t10k-images.idx3-ubyte").rename(mnist / "t10k-labels.idx1-ubyte")
    assert faults_of(mnist) == [
        f"{mnist} has t10k-labels.idx1-ubyte, but no file with its images. Put t10k-images.idx3-ubyte there."
    ]
    for path in mnist.glob("train*"):
        path.unlink()
    (mnist / "t10k-labels.idx1-ubyte").unlink()
    assert faults_of(mnist) == [
        f"{mnist} has no images to train on: train-images-idx3-ubyte and train-labels-idx1-ubyte, with or without .gz. "
        "It holds no such file."
    ]


def test_two_families_in_one_folder(mnist):
    (mnist / "emnist-train-images-idx3-ubyte").write_bytes(idx_bytes(pictures(6, 4, 5)))
    assert faults_of(mnist) == [
        f"{mnist} has 2 files with the images of train: emnist-train-images-idx3-ubyte and train-images-idx3-ubyte. "
        "Keep one of them there."
    ]
