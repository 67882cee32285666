"""Notes of what MLflow has not got."""

from pathlib import Path

from trainyard.tracking import pending


def test_note_lives_from_mark_to_unmark(tmp_path):
    assert pending.all_pending(tmp_path) == []
    pending.mark(tmp_path, tmp_path / "runs" / "a", "http://h")
    pending.mark(tmp_path, tmp_path / "runs" / "a", "http://other")
    pending.mark(tmp_path, tmp_path / "runs" / "b", "http://h")
    assert [Path(note.folder).name for note in pending.all_pending(tmp_path)] == ["a", "a", "b"]
    pending.unmark(tmp_path, tmp_path / "runs" / "a", "http://h")
    assert [note.target for note in pending.all_pending(tmp_path)] == ["http://other", "http://h"]
    assert pending.find(tmp_path, tmp_path / "runs" / "b", "http://h").starter_runs


def test_giving_up_is_noted_and_a_new_mark_forgets_it(tmp_path):
    pending.give_up(tmp_path, tmp_path / "a", "t")
    assert pending.all_pending(tmp_path) == []
    pending.mark(tmp_path, tmp_path / "a", "t")
    pending.give_up(tmp_path, tmp_path / "a", "t")
    assert pending.find(tmp_path, tmp_path / "a", "t").gave_up
    pending.mark(tmp_path, tmp_path / "a", "t")
    assert pending.find(tmp_path, tmp_path / "a", "t").gave_up is None


def test_a_damaged_note_is_passed_over(tmp_path):
    pending.mark(tmp_path, tmp_path / "a", "t")
    (tmp_path / pending.PENDING / "x.json").write_text("{")
    (tmp_path / pending.PENDING / "y.json").write_text('{"other": 1}')
    assert len(pending.all_pending(tmp_path)) == 1


def test_of_a_run_that_is_abandoned_nothing_is_left_but_what_was_written(tmp_path):
    for name in ("runs/e/empty", "runs/f/begun"):
        (tmp_path / name).mkdir(parents=True)
        pending.mark(tmp_path, tmp_path / name, "t")
    (tmp_path / "runs/f/begun/config.yaml").touch()
    for name in ("runs/e/empty", "runs/f/begun"):
        pending.abandon(tmp_path, tmp_path / name, "t")
    assert pending.all_pending(tmp_path) == []
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["f"]


def test_starter_that_is_gone_is_seen(tmp_path):
    pending.mark(tmp_path, tmp_path / "a", "t")
    file = pending.file_of(tmp_path, tmp_path / "a", "t")
    started = pending.find(tmp_path, tmp_path / "a", "t").starter["started"]
    file.write_text(file.read_text().replace(f'"{started}"', '"1"'))
    assert not pending.find(tmp_path, tmp_path / "a", "t").starter_runs


def test_the_targets_of_each_folder(tmp_path):
    for folder, target in (("a", "t"), ("a", "u"), ("b", "t")):
        pending.mark(tmp_path, tmp_path / folder, target)
    found = pending.targets(tmp_path)
    assert {folder.name: sorted(targets) for folder, targets in found.items()} == {"a": ["t", "u"], "b": ["t"]}
