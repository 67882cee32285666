import pytest

from trainyard.lineage.uncommitted import uncommitted

FILE = {
    "path": "/data/my fish.csv", "digest": "d1", "record": "/data/my fish.csv.dvc", "stage": None, "recorded": "d0",
    "committed": "d0", "revision": "0123456789abcdef", "changed": True,
}  # fmt: skip
DIFFERS = "differs from the committed version (of 0123456789ab); to keep this one:"
OUT = {**FILE, "path": "/data/raw.csv", "record": "/data/dvc.lock", "stage": "get@a"}


@pytest.mark.parametrize(
    ("changes", "sentence", "command"),
    [
        (FILE, f"my fish.csv {DIFFERS}",
         "dvc add 'my fish.csv' && git add 'my fish.csv.dvc' && git commit"),
        ({**FILE, "recorded": "d1"}, f"my fish.csv {DIFFERS}",
         "git add 'my fish.csv.dvc' && git commit"),
        ({**FILE, "recorded": "d1", "committed": None, "revision": None},
         "my fish.csv is tracked by DVC but in no commit yet; to commit it:",
         "git add 'my fish.csv.dvc' && git commit"),
        ({**FILE, "changed": None}, "my fish.csv differs from what my fish.csv.dvc says; to keep this version:",
         "dvc add 'my fish.csv'"),
        (OUT, f"raw.csv {DIFFERS}",
         "dvc commit get@a && git add dvc.lock && git commit"),
        ({**OUT, "recorded": "d1"}, f"raw.csv {DIFFERS}",
         "git add dvc.lock && git commit"),
    ],
)  # fmt: skip
def test_each_state_has_its_sentence_and_its_command(changes, sentence, command, monkeypatch):
    monkeypatch.setattr("os.getcwd", lambda: "/data")
    assert uncommitted([changes]) == [(sentence, command)]


def test_a_file_in_a_tracked_folder_is_added_with_its_folder(monkeypatch):
    monkeypatch.setattr("os.getcwd", lambda: "/elsewhere")
    [(_, command)] = uncommitted([{**FILE, "path": "/data/set/a.csv", "record": "/data/set.dvc"}])
    assert command == "dvc add /data/set && git add /data/set.dvc && git commit"


@pytest.mark.parametrize(
    "changes",
    [{"changed": False, "digest": "d0"}, {"changed": None, "recorded": None}, {"changed": None, "digest": "d0"}],
)
def test_what_is_committed_or_not_known_is_passed_over(changes):
    assert uncommitted([{**FILE, **changes}]) == []
