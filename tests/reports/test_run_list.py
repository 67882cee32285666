"""Lists of runs for a person and for programs."""

import csv
import json
import time
from pathlib import Path

from trainyard.reports.run_list import Row, runs_csv, runs_json, runs_table

NOON = time.mktime((2025, 3, 4, 12, 30, 0, 0, 0, -1))
SWEEP = Row(
    "0a1b2c", "sweep", "FINISHED", "iris", "iris-sweep-0a1b2c", "dataset=iris seed=1,2", NOON, 75.0, Path("/runs/s"),
    test=("test/accuracy", 0.95), deviation=0.0125, validated=("val/loss", 0.2),
)  # fmt: skip
MEMBER = Row(
    "9f8e7d", "run", "KILLED", "iris", "iris-mlp-0", "seed=1 " + "network.hidden=[64,64] " * 9, NOON, 2.0,
    Path("/runs/s/0"), sweep="s", level=1, best=True,
)  # fmt: skip


def test_a_table_has_a_line_for_each_and_members_stand_under_their_sweep():
    head, sweep, member = runs_table([SWEEP, MEMBER], 120).splitlines()
    assert head.split() == ["id", "experiment", "began", "took", "test", "best", "validation", "choices"]
    assert sweep == (
        "0a1b2c    sweep  finished  iris        2025-03-04  1 min 15 s  accuracy 0.9500 ± 0.0125  loss 0.2000      "
        "dataset=iris…"
    )
    assert member.startswith("  9f8e7d  best   killed    iris        2025-03-04       2.0 s  -")
    assert len(member) <= 120


def test_what_began_lately_is_told_by_the_minute():
    lately = time.time() - 3600
    row = Row("a", "run", "RUNNING", "e", "n", "", lately, 3.0, Path())
    assert time.strftime("%m-%d %H:%M", time.localtime(lately)) in runs_table([row], 100)


def test_programs_get_the_numbers_as_they_are():
    sweep, member = json.loads(runs_json([SWEEP, MEMBER]))
    assert (sweep["test_metric"], sweep["test_value"], sweep["deviation"]) == ("test/accuracy", 0.95, 0.0125)
    assert (member["sweep"], member["best"], member["test_value"]) == ("s", True, None)
    assert sweep["began"].startswith("2025-03-04T12:30:00")
    lines = list(csv.DictReader(runs_csv([SWEEP, MEMBER]).splitlines()))
    assert [line["folder"] for line in lines] == ["/runs/s", "/runs/s/0"]
    assert (lines[0]["validated_value"], lines[1]["validated_value"]) == ("0.2", "")


def test_without_runs_there_is_a_header_alone():
    assert runs_csv([]) == ",".join(csv.DictReader(runs_csv([SWEEP]).splitlines()).fieldnames)
    assert runs_json([]) == "[]"
    assert len(runs_table([], 100).splitlines()) == 1
