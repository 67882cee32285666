import json
import shutil

import pytest

from tests.reports.runs import LINEAGE, begin, traced_run
from trainyard.reports.uses import runs_of, uses, uses_text


@pytest.fixture
def root(tmp_path):
    """Runs on two datasets, one of them in a sweep, one of two files; and folders that tell nothing."""
    runs = tmp_path / "runs" / "fish"
    other = {**LINEAGE["data"], "digest": "0" * 32, "tracked": "none", "changed": None, "files": [
        {"digest": "d" * 32}, {"digest": "b" * 32}]}  # fmt: skip
    traced_run(runs / "2026-01-01_00-00-00-aaaaaa")
    traced_run(runs / "2026-01-03_00-00-00-bbbbbb", lineage={"data": other})
    for number in (2, 10):
        traced_run(runs / "2026-01-02_00-00-00-cccccc" / f"{number}-seed={number}")
    begin(runs / "2026-01-02_00-00-00-cccccc")
    begin(runs / "2026-01-04_00-00-00-dddddd")
    damaged = traced_run(runs / "2026-01-05_00-00-00-eeeeee")
    (damaged / "lineage.json").write_text(f'{{"digest": "{"d" * 32}')
    return tmp_path


@pytest.mark.parametrize(
    ("digest", "ends"),
    [("d" * 32, ["bbbbbb", "10-seed=10", "2-seed=2", "aaaaaa"]), ("b" * 32, ["bbbbbb"]),
     ("dddddd", ["bbbbbb", "10-seed=10", "2-seed=2", "aaaaaa"]), ("0" * 32, ["bbbbbb"]),
     ("e" * 32, []), ("c" * 32, [])],
)  # fmt: skip
def test_runs_are_found_by_every_digest_of_their_data_the_newest_first(root, digest, ends):
    found = [run.folder.name for run in runs_of(digest, root)]
    assert [name[-len(end):] for name, end in zip(found, ends, strict=True)] == ends


def test_each_run_is_told_in_a_line(root):
    found = uses(runs_of("d" * 32, root)[:2], root)
    assert json.loads(json.dumps(found)) == found
    assert found[1] == {
        "run": "runs/fish/2026-01-02_00-00-00-cccccc/10-seed=10", "status": "FINISHED",
        "metric": {"test/accuracy": 0.75}, "mlflow_run_id": "f00d",
        "data": {"digest": "d" * 32, "tracked": "dvc", "revision": "e" * 40, "changed": False},
    }  # fmt: skip
    assert uses_text("dddd", found) == """\
2 runs read what has the digest dddd, the newest first

  run                                              status    metric                 data          mlflow run
  runs/fish/2026-01-03_00-00-00-bbbbbb             FINISHED  test/accuracy  0.7500  not tracked   f00d
  runs/fish/2026-01-02_00-00-00-cccccc/10-seed=10  FINISHED  test/accuracy  0.7500  as committed  f00d"""


def test_states_and_gaps_have_their_words(root):
    folder = root / "runs" / "fish" / "2026-01-01_00-00-00-aaaaaa"
    for name in ("metrics.json", "mlflow.json"):
        (folder / name).unlink()
    shutil.rmtree(folder.with_name("2026-01-02_00-00-00-cccccc"))
    [_, use] = uses(runs_of("d" * 32, root), root)
    for changed, word in ((True, "not committed"), (None, "tracked")):
        told = uses_text("d", [{**use, "data": {**use["data"], "changed": changed}}])
        assert told.endswith(f"FINISHED            {word}")
    assert uses_text("ab" * 16, []) == f"No run read what has the digest {'ab' * 16}."
