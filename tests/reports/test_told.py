import json

import pytest

from tests.reports.runs import begin, traced_run
from trainyard.errors import ConfigError
from trainyard.reports.told import Told
from trainyard.tracking.journal import Journal


def test_a_run_tells_how_it_went(tmp_path):
    folder = traced_run(tmp_path / "run", status=None)
    journal = Journal.reopen(folder)
    journal.note("first")
    journal.note("what it is about")
    journal.tags({"stopped_by": "early_stopping"})
    journal.end("FAILED", "out of memory")
    tensors = {"w": {"shape": [3, 4]}, "n.running_var": {"shape": [5]}}
    (folder / "model" / "card.json").write_text(json.dumps({"weights": {"tensors": tensors}}))
    told = Told.of(folder)
    assert (told.status, told.error, told.note) == ("FAILED", "out of memory", "what it is about")
    assert told.reason == "no improvement for training.patience validations"
    assert told.params["optimizer.lr"] == 0.001
    assert told.parameters == 12
    assert told.seconds >= 0


@pytest.mark.parametrize(("reason", "status"), [
    ("max_epochs", "FINISHED"), ("diverged", "FAILED"), ("interrupted", "KILLED"),
])  # fmt: skip
def test_while_the_last_is_written_a_run_tells_how_it_will_have_ended(tmp_path, reason, status):
    folder = traced_run(tmp_path / "run", status=None)
    journal = Journal.reopen(folder)
    assert Told.of(folder).status == "RUNNING"
    journal.tags({"stopped_by": reason})
    assert Told.of(folder).status == status
    journal.close()


def test_a_run_without_lineage_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"has no lineage\.json"):
        Told.of(begin(tmp_path / "run"))
