"""Which folders belong to a sweep."""

from tests.tracking.runs import create
from trainyard.tracking.members import members, sweep_of


def test_members_lie_below_and_name_their_sweep(tmp_path):
    sweep = create(tmp_path / "s", kind="sweep")
    for name in ("1", "0", "deep/2"):
        create(tmp_path / "s" / name, parent=sweep.id).end("FINISHED")
    create(tmp_path / "s" / "other", parent="of another").end("FINISHED")
    create(tmp_path / "s" / "alone").end("FINISHED")
    create(tmp_path / "s" / "too" / "deep" / "3", parent=sweep.id).end("FINISHED")
    create(tmp_path / "s" / "1" / "inner", parent=sweep.id).end("FINISHED")
    (tmp_path / "s" / "4").mkdir()
    (tmp_path / "s" / "4" / "journal.jsonl").write_text('{"n":0,"torn')
    found = [folder.relative_to(tmp_path / "s").as_posix() for folder in members(tmp_path / "s", sweep.id)]
    assert found == ["0", "1", "deep/2"]
    sweep.end("FINISHED")


def test_sweep_of_a_member_lies_above(tmp_path):
    sweep = create(tmp_path / "s", kind="sweep")
    (tmp_path / "s" / "a" / "b").mkdir(parents=True)
    assert sweep_of(tmp_path / "s" / "a", sweep.id) == tmp_path / "s"
    assert sweep_of(tmp_path / "s" / "a" / "b", sweep.id) == tmp_path / "s"
    assert sweep_of(tmp_path / "s" / "a", "another") is None
    sweep.end("FINISHED")
