from pathlib import Path

import numpy as np
import pytest

from trainyard.config.schema.dataset import Csv, Digits, Salmon
from trainyard.data.build import build
from trainyard.data.request import Request
from trainyard.data.sources import load_source
from trainyard.data.store import load
from trainyard.errors import DataError

SALMON = Salmon(name="salmon", target=("length_mm",), rows=80)


def test_an_entry_holds_the_rows_it_says(tmp_path):
    build(Request(SALMON, "regression", double=True), tmp_path / "entry")
    prepared = load(tmp_path / "entry", "key", SALMON)
    source = load_source(SALMON)
    assert (prepared.digest, prepared.origin) == (source.digest, source.origin)
    parts = (prepared.train, prepared.val, prepared.test)
    assert sorted(np.concatenate([part.rows for part in parts])) == list(range(80))
    lengths = source.table["length_mm"].to_numpy()
    for part in parts:
        original = part.y[:, 0] * prepared.target_scale[0] + prepared.target_mean[0]
        np.testing.assert_allclose(original, lengths[part.rows], rtol=1e-12)


def test_the_same_bytes_each_time(tmp_path):
    for name in ("one", "two"):
        build(Request(SALMON, "auto", double=False), tmp_path / name)
    one, two = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_faults_leave_nothing_behind(tmp_path):
    (tmp_path / "fish.csv").write_text("a,b\n")
    fish = Csv(name="fish", target=("b",), path=str(tmp_path / "fish.csv"))
    with pytest.raises(DataError, match="but no rows"):
        build(Request(fish, "auto", double=False), tmp_path / "new")
    assert not Path(tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (["x,a"] * 9, "fish.csv: The target b is always 'a', so there is nothing to tell apart."),
        ([f"{row},{row}" for row in range(200)], "fish.csv: The target b holds 200 different numbers in 200 rows: an"),
        (["5,p", "5,q"] * 9, "fish.csv: No column is left to predict from: a is always 5 in the training part."),
    ],
)
def test_a_fault_says_which_file_it_is_about(tmp_path, rows, fault):
    (tmp_path / "fish.csv").write_text("\n".join(["a,b", *rows]))
    fish = Csv(name="fish", target=("b",), path=str(tmp_path / "fish.csv"))
    with pytest.raises(DataError) as caught:
        build(Request(fish, "classification", double=False), tmp_path / "new")
    assert [told[: len(fault)] for told in caught.value.faults] == [fault]


def test_no_other_model_is_advised_where_the_config_refuses_it(tmp_path):
    (tmp_path / "fish.csv").write_text("\n".join(["x,kind", *(f"{row * 7 % 11},{row % 3}" for row in range(90))]))
    fish = Csv(name="fish", target=("kind",), path=str(tmp_path / "fish.csv"))
    for dataset, advised in ((Digits(name="digits", target=("digit",)), False), (fish, True)):
        build(Request(dataset, "auto", double=False), tmp_path / dataset.name)
        reason = load(tmp_path / dataset.name, "key", dataset).summary.task_reason
        assert ("model=regressor would" in reason) is advised


def test_texts_with_leading_zeros_are_classes_and_categories(tmp_path):
    rows = [f"{'00501' if row % 2 else '90210'},{'007' if row % 3 else '12'},{row * 7 % 11}" for row in range(90)]
    (tmp_path / "fish.csv").write_text("\n".join(["zip,agent,x", *rows]))
    fish = Csv(name="fish", target=("agent",), path=str(tmp_path / "fish.csv"))
    build(Request(fish, "auto", double=False), tmp_path / "new")
    prepared = load(tmp_path / "new", "key", fish)
    assert prepared.classes == ("007", "12")
    columns = {column["name"]: column for column in prepared.preprocessing["columns"]}
    assert columns["zip"]["categories"] == ["00501", "90210"]
    assert columns["x"]["kind"] == "numeric"
