import pytest

from tests.reports.runs import LINEAGE, traced_run
from trainyard.reports.provenance import provenance
from trainyard.reports.provenance_text import code_lines, data_lines, file_state, provenance_text
from trainyard.reports.run_files import read_run

FILE = LINEAGE["data"]["files"][0]


@pytest.fixture
def facts(tmp_path):
    found = provenance(read_run(traced_run(tmp_path / "run")), tmp_path)
    return {**found, "run": {**found["run"], "folder": "/runs/1", "began": "2026-01-02T03:04:05+00:00", "host": "h"},
            "config": {**found["config"], "file": "/runs/1/config.yaml"}}  # fmt: skip


def test_a_run_is_told_on_one_page(facts):
    assert provenance_text(facts, all_packages=False) == """\
digits-mlp-0a1b2c: FINISHED, begun 2026-01-02 03:04:05 UTC on h by ada

folder     /runs/1
command    python train.py dataset=csv
code       cccccccccccc (branch main): which is not in this repository
           with 1 file changed, kept in code.diff:
             a.py  +2  -1
           with untracked files, kept in untracked.zip: b.py
           with untracked files that were not kept (no source): notes.txt
data       fish: /data/fish.csv
           digest dddddddddddddddddddddddddddddddd
           tracked by DVC (/data/fish.csv.dvc); as committed in eeeeeeeeeeee
config     /runs/1/config.yaml
           composed from: dataset=csv seed=1
seeds      seed 1, split_seed 0
device     CPU x86_64, 1 of 2 cores, 1 thread, 32 bit
machine    Abacus, 2 cores, 2 GiB, Linux
python     3.11.7 (CPython)
mlflow     run f00d in sqlite:///mlflow.db
model      weights aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
packages   torch 2.10.0, numpy 2.0.1; packages=all shows all 3"""


def test_all_packages_are_shown_where_they_are_asked_for(facts):
    told = provenance_text(facts, all_packages=True)
    assert told.endswith("\n  package  version\n  abacus   1.0\n  numpy    2.0.1\n  torch    2.10.0")


def test_what_a_run_was_part_of_is_told_where_it_was(facts):
    place = {"name": "s", "folder": "/runs/s", "member": 2, "members": 3}
    earlier = [{"command": "python train.py", "revision": revision, "dirty": bool(revision)} for revision in
               (None, "f" * 40)]  # fmt: skip
    changes = {"sweep": place, "dvc_stage": "train@iris", "mlflow": None, "model_md5": None, "earlier": earlier}
    told = provenance_text({**facts, **changes}, all_packages=False)
    for line in ("earlier    begun at code that is not known by python train.py",
                 "earlier    begun at ffffffffffff, with changes, by python train.py",
                 "sweep      member 2 of 3 of /runs/s", "dvc stage  train@iris", "mlflow     not there",
                 "model      none was packaged"):  # fmt: skip
        assert f"\n{line}\n" in told
    assert "device     CPU, 4 threads, bf16-mixed\n" in provenance_text(
        {**facts, "device": {"name": "CPU", "threads": 4, "precision": "bf16-mixed"}}, all_packages=False
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"dirty": False, "subject": "First"}, ["cccccccccccc (branch main): First", "with nothing changed"]),
        ({"dirty": False, "revision": None, "branch": None}, ["no commit yet", "with nothing changed"]),
        ({"diff_kept": False, "changed": [], "saved": [], "left_out": {}},
         ["cccccccccccc (branch main): which is not in this repository",
          "with changes of more than 5 MB that were not kept"]),
        ({"changed": [{"file": f"{n}.bin", "added": None, "removed": None} for n in range(21)], "saved": [],
          "left_out": {}, "branch": None},
         ["cccccccccccc: which is not in this repository", "with 21 files changed, kept in code.diff:",
          *(f"  {n}.bin{' ' * (n < 10)}  binary" for n in range(20)), "  and 1 more file"]),
    ],
)  # fmt: skip
def test_code_is_told_with_what_was_not_committed(facts, changes, told):
    assert [line[11:] for line in code_lines({**facts["code"], **changes})] == told


def test_without_git_that_is_said():
    assert code_lines(None) == ["code       not known: there was no git, or no repository"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "tracked by DVC (/data/fish.csv.dvc); as committed in eeeeeeeeeeee"),
        ({"changed": True}, "tracked by DVC (/data/fish.csv.dvc); changed since it was committed in eeeeeeeeeeee"),
        ({"changed": True, "revision": None, "committed": None}, "tracked by DVC (/data/fish.csv.dvc); in no commit"),
        ({"changed": None}, "tracked by DVC (/data/fish.csv.dvc); as recorded there; whether that was committed is not "
                            "known"),
        ({"changed": None, "recorded": "0" * 32, "stage": "get"},
         "tracked by DVC (/data/fish.csv.dvc), made by stage get; other bytes than recorded there; whether that was "
         "committed is not known"),
        ({"tracked": "none"}, "not tracked by DVC"),
    ],
)  # fmt: skip
def test_each_state_of_a_file_is_told(changes, told):
    assert file_state({**FILE, **changes}) == told


def test_data_of_several_files_and_of_none():
    data = {**LINEAGE["data"], "files": [{**FILE, "now": "d" * 32}, {**FILE, "part": "test", "tracked": "none",
                                                                     "now": None}]}  # fmt: skip
    told = "\n".join(data_lines(data))
    assert f"train: /data/fish.csv, {'d' * 32}, tracked by DVC" in told
    assert "train: verified: these bytes lie there now" in told
    assert f"test: /data/fish.csv, {'d' * 32}, not tracked by DVC" in told
    assert "test: nothing lies there now" in told
    assert "other bytes now: 00" in "\n".join(data_lines({**data, "files": [{**FILE, "now": "0" * 32}]}))
    assert data_lines({**data, "files": []})[-1].endswith("made by code; there is no file that DVC could track")
