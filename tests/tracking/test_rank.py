"""One of the processes of a distributed training writes."""

import pytest

from tests.tracking.runs import create
from trainyard.tracking.rank import is_first_process


@pytest.mark.parametrize(
    ("env", "first"),
    [
        ({}, True),
        ({"RANK": "0", "LOCAL_RANK": "0"}, True),
        ({"RANK": "2", "LOCAL_RANK": "0"}, False),
        ({"SLURM_PROCID": "1"}, False),
        ({"SLURM_PROCID": "0"}, True),
        ({"LOCAL_RANK": "1"}, False),
        ({"NODE_RANK": "1", "LOCAL_RANK": "0"}, False),
        ({"NODE_RANK": "0", "LOCAL_RANK": "0"}, True),
        ({"RANK": "", "LOCAL_RANK": ""}, True),
    ],
)
def test_rank_comes_from_the_environment(env, first):
    assert is_first_process(env) is first


def test_other_ranks_write_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    journal = create(tmp_path / "run")
    journal.metrics({"a": 1}, 1)
    journal.flush()
    journal.end("FINISHED")
    assert not (tmp_path / "run").exists()
