import numpy as np
import pytest

from tests.data.image_data import folder_of, pictures, save_image
from trainyard.data.image_folder import load_image_folder
from trainyard.errors import DataError
from trainyard.lineage.folder import folder_md5

IMAGES = pictures(8, 5, 4)


def fill(folder, names, suffix=".png"):
    for place, name in enumerate(names):
        save_image(folder / f"{name}{suffix}", IMAGES[place])


def load(folder, **options):
    return load_image_folder(folder_of(folder, **options), None)


def test_a_class_per_subfolder(tmp_path):
    fill(tmp_path, ["wren/b", "wren/a", "owl/far/down", "owl/up"])
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "owl" / "notes.txt").write_text("seen at night")
    source = load(tmp_path)
    assert source.table.to_pydict() == {"label": ["owl", "owl", "wren", "wren"]}
    assert [source.where(row) for row in range(4)] == ["owl/far/down.png", "owl/up.png", "wren/a.png", "wren/b.png"]
    np.testing.assert_array_equal(source.pixels.read(np.array([3, 0]))[:, 0], IMAGES[[0, 2]])
    assert (source.parts, source.digest, source.origin) == (None, folder_md5(tmp_path), str(tmp_path))
    assert source.notes == (
        f"Left out what is no image (.png, .jpg, .jpeg): 1 in all, first {tmp_path / 'owl' / 'notes.txt'}.",
    )


@pytest.mark.parametrize("names", [("train", "valid", "test"), ("Training", "val", "holdout")])
def test_train_val_and_test_by_their_folders(tmp_path, names):
    fill(tmp_path, [f"{part}/{bird}/1" for part in names for bird in ("owl", "wren")])
    source = load(tmp_path)
    assert source.parts.tolist() == ["train", "train", "val", "val", "test", "test"]
    assert source.table["label"].to_pylist() == ["owl", "wren"] * 3
    alone = load(tmp_path, split="random")
    assert (alone.parts, alone.table.num_rows) == (None, 2)


def test_classes_may_be_called_train_and_test(tmp_path):
    fill(tmp_path, ["train/1", "train/2", "test/1"])
    assert load(tmp_path).table["label"].to_pylist() == ["test", "train", "train"]


def fault_of(folder, **options):
    with pytest.raises(DataError) as caught:
        load(folder, **options)
    [fault] = caught.value.faults
    return fault


def test_an_empty_class(tmp_path):
    fill(tmp_path, ["owl/1"])
    (tmp_path / "wren").mkdir()
    (tmp_path / "auk").mkdir()
    (tmp_path / "auk" / "song.mp3").write_bytes(b"tweet")
    assert fault_of(tmp_path) == (
        f"The folder of the class auk holds no image (.png, .jpg, .jpeg): {tmp_path / 'auk'}. Put its images there, or "
        "remove it. So it is with wren."
    )


def test_no_image_at_all(tmp_path):
    (tmp_path / "README").write_text("none")
    assert fault_of(tmp_path) == (
        f"{tmp_path} holds no images. Put those of each class into a subfolder of its name: "
        f"{tmp_path / 'cat' / 'one.jpg'}."
    )


def test_images_beside_the_classes(tmp_path):
    fill(tmp_path, ["owl/1", "wren/1", "loose"])
    assert fault_of(tmp_path) == (
        f"{tmp_path / 'loose.png'} lies beside the classes. Put each image into the subfolder of its class."
    )


def test_parts_that_do_not_fit(tmp_path):
    fill(tmp_path, ["val/owl/1", "test/owl/1"])
    assert fault_of(tmp_path) == (
        f"{tmp_path} has a subfolder val and test, but none for train. Put the other images into {tmp_path / 'train'}."
    )
    fill(tmp_path, ["train/owl/1", "valid/owl/1"])
    assert fault_of(tmp_path) == f"{tmp_path} has two subfolders for val: val and valid. Join them."
