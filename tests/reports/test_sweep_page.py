import re

import pytest

from trainyard.reports.sweep_page import write_sweep_page
from trainyard.tracking.journal import Journal
from trainyard.tracking.reading import read_journal

EVIL = "<script>alert(1)</script>"


def member(folder, overrides, value, error=None):
    metrics = {} if error else {"test/loss": value, "test/accuracy": 1 - value, "val/loss": value}
    return {"folder": folder, "overrides": overrides.split(), "status": "FAILED" if error else "FINISHED",
            "error": error, "monitor_value": None if error else value, "metrics": metrics}  # fmt: skip


def text_of(folder, sweep, *, status="FINISHED"):
    journal = Journal.create(folder, kind="sweep", experiment="tests", name="iris-sweep", sync=False)
    if status:
        journal.end(status)
    else:
        journal.close()
    return write_sweep_page(folder, {"monitor": "val/loss", **sweep}, read_journal(folder), [])[0].read_text("utf-8")


def rows(text):
    return [re.sub(r"<[^>]*>", "|", row) for row in re.findall(r"<tr>(.*?)</tr>", text)]


def test_members_stand_in_a_table_with_what_sets_them_apart_and_a_link_to_their_reports(tmp_path):
    folder = tmp_path / "2026-01-01_10-00-00-aaaaaa"
    (folder / "0-a=[1]").mkdir(parents=True)
    (folder / "0-a=[1]" / "report.html").touch()
    members = [member("0-a=[1]", "lr=0.1 dataset=iris seed=1", 0.25), member("1", "lr=0.2 dataset=iris seed=1", 0.5)]
    text = text_of(folder, {"members": members, "best": "0-a=[1]", "metrics": {"mean/test/accuracy": 0.7}})
    assert [row.replace("|", " ").split() for row in rows(text)][:3] == [
        ["member", "lr", "status", "best", "val/loss", "test/accuracy", "test/loss"],
        ["0", "best", "0.1", "finished", "0.2500", "0.7500", "0.2500"],
        ["1", "0.2", "finished", "0.5000", "0.5000", "0.5000"],
    ]  # fmt: skip
    assert '<a href="0-a%3D%5B1%5D/report.html" title="0-a=[1]">0</a>' in text
    assert "1/report.html" not in text
    assert "<code>dataset=iris seed=1</code>" in text
    assert "2 members: 2 finished" in text
    assert "Over repeats of the best choices" in text


def test_a_member_that_failed_tells_why_and_whatever_it_says_is_text(tmp_path):
    members = [member("0", "a=1", 0.5), member("1", f"a={EVIL}", 0.0, EVIL)]
    text = text_of(tmp_path / "s", {"members": members, "best": "0"})
    assert "2 members: 1 finished, 1 failed" in text
    assert EVIL not in text
    assert text.count("<script>") == 1


@pytest.mark.parametrize(("error", "status"), [(None, "finished"), ("out of memory", "failed")])
def test_while_the_last_is_written_a_sweep_tells_how_it_will_have_ended(tmp_path, error, status):
    text = text_of(tmp_path / "s", {"members": [member("0", "a=1", 0.5, error)], "best": None}, status=None)
    assert f'<span class="status {status}">' in text


def test_a_sweep_without_members_has_no_report(tmp_path):
    assert write_sweep_page(tmp_path, {}, [], []) == []
