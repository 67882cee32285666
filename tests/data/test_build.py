from pathlib import Path

import numpy as np
import pytest

from trainyard.config.schema.dataset import Csv, Salmon
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
