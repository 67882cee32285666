"""Parts of the story that whole runs do not show; `test_run.py` and tests/commands tell it from end to end."""

import torch

from tests.synthetic import make_config, make_prepared
from trainyard.tracking.journal import Journal, read_journal
from trainyard.training.checkpoint import newest_state
from trainyard.training.companions import Companions
from trainyard.training.console import Console
from trainyard.training.fit import fit
from trainyard.training.plan import plan_run
from trainyard.training.stop import Stop
from trainyard.training.story import Story, end, train


def make_story(tmp_path, parent=None, **settings):
    plan = plan_run(make_config(**settings), make_prepared(), torch.device("cpu"))
    folder = tmp_path / "runs" / "made" / "1"
    journal = Journal.create(folder, kind="run", experiment="made", name="made-1")
    companions = Companions(None, 0)
    lineage = {"command": "python train.py"}
    return Story(plan, companions, Stop(), folder, "made-1", journal, Console(folder), lineage, parent)


def test_each_epoch_is_in_the_journal_and_the_best_weights_on_the_disk(tmp_path):
    story = make_story(tmp_path)
    fitted = train(story)
    metrics = [record["values"] for record in read_journal(story.folder) if record["type"] == "metrics"]
    assert metrics == [{k: v for k, v in row.items() if k != "epoch"} for row in fitted.member.history]
    state, _ = newest_state(story.folder)
    assert state.part("best").keys() == fitted.model.network.state_dict().keys()
    story.companions.close()
    story.journal.end("FINISHED")
    assert all(story.phases.seconds[phase] > 0 for phase in ("first step", "train", "validate"))
    assert story.phases.seconds["evaluate"] == 0


def test_a_run_that_was_stopped_is_no_latest(tmp_path, capsys):
    story = make_story(tmp_path)
    story.stop.reason = "terminated"
    fitted = fit(story.plan, story.stop)
    result = end(story, "KILLED", fitted, {}, "stopped by SIGTERM")
    assert (result.exit_code, result.status) == (143, "KILLED")
    assert not (tmp_path / "runs" / "latest").exists()
    assert "stopped by SIGTERM" in capsys.readouterr().out


def test_a_member_of_a_sweep_ends_in_a_line(tmp_path, capsys):
    story = make_story(tmp_path, parent=object())
    result = end(story, "FINISHED", fit(story.plan), {"test/accuracy": 0.75, "baseline/accuracy": 0.25}, None)
    assert result.exit_code == 0
    printed = capsys.readouterr().out
    assert printed.startswith("  test accuracy 0.75 (baseline 0.25), best epoch")
    assert printed.count("\n") == 1
