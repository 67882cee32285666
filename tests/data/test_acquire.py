import os

import numpy as np
import pytest

from tests.data.image_data import arrays_of, folder_of, pictures, save_image
from trainyard.config.schema.dataset import Csv, CustomDataset, Digits, Salmon
from trainyard.data.acquire import acquire
from trainyard.data.sources import load_source
from trainyard.errors import DataError

SALMON = Salmon(name="salmon", target=("length_mm",), rows=30)


@pytest.mark.parametrize("dataset", [SALMON, Digits(name="digits", target=("digit",))], ids=["salmon", "digits"])
def test_a_built_in_becomes_the_file_that_its_path_reads(dataset, tmp_path):
    acquire(dataset, tmp_path / "raw" / "rows.csv")
    kind = type(dataset)
    read = load_source(kind(**{**vars(dataset), "path": str(tmp_path / "raw" / "rows.csv")}))
    made = load_source(dataset)
    assert read.digest == made.digest
    assert read.table.equals(made.table)


def test_a_file_is_copied(tmp_path):
    (tmp_path / "fish.csv.gz").write_bytes(b"whatever it holds")
    dataset = Csv(name="fish", target=("b",), path=str(tmp_path / "fish.csv.gz"))
    acquire(dataset, tmp_path / "out.csv.gz")
    assert (tmp_path / "out.csv.gz").read_bytes() == b"whatever it holds"
    assert not os.path.samefile(tmp_path / "fish.csv.gz", tmp_path / "out.csv.gz")
    with pytest.raises(DataError) as caught:
        acquire(dataset, tmp_path / "out.csv")
    assert caught.value.faults == (f"{tmp_path / 'out.csv'} is to hold .csv.gz (fish). Name it out.csv.gz.",)


def test_several_files_and_folders_become_a_folder(tmp_path):
    for name in ("x.npy", "y.npy"):
        np.save(tmp_path / name, np.arange(3))
    acquire(arrays_of(tmp_path / "x.npy", y_path=str(tmp_path / "y.npy")), tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["x.npy", "y.npy"]
    save_image(tmp_path / "birds" / "owl" / "1.png", pictures(1, 3, 3)[0])
    acquire(folder_of(tmp_path / "birds"), tmp_path / "out")
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.glob("out/*/*")] == ["out/owl/1.png"]
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_files_of_one_name_do_not_fit_into_a_folder(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "t.csv").write_text("a,b\n1,2\n")
    dataset = Csv(name="t", target=("b",), path=str(tmp_path / "a/t.csv"), test_path=str(tmp_path / "b/t.csv"))
    with pytest.raises(DataError, match=r"have equal names\. Rename one, so that both fit into a folder"):
        acquire(dataset, tmp_path / "out")


def test_what_a_function_returns(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    (tmp_path / "ownacquired.py").write_text(
        "import numpy as np\ndef table():\n    return {'a': [1, 2], 'y': [0.5, 1.5]}\n"
        "def arrays():\n    return np.zeros((3, 2, 2)), np.arange(3)\n"
    )
    dataset = CustomDataset(name="mine", target=("y",), _target_="ownacquired.table")
    acquire(dataset, tmp_path / "out.csv", ("ownacquired",))
    assert (tmp_path / "out.csv").read_text() == "a,y\n1,0.5\n2,1.5\n"
    arrays = CustomDataset(name="mine", target=("y",), _target_="ownacquired.arrays")
    acquire(arrays, tmp_path / "out.npz", ("ownacquired",))
    assert load_source(arrays_of(tmp_path / "out.npz")).pixels.shape == (1, 2, 2)


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(DataError, match=r"There is no file fish\.csv"):
        acquire(Csv(name="fish", target=("b",), path=str(tmp_path / "fish.csv")), tmp_path / "out.csv")
