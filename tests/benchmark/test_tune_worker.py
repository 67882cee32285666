import io
import json
import queue
import subprocess
import sys

import pytest

from trainyard.benchmark.tune_worker import Turns
from trainyard.config.compose import compose
from trainyard.config.text import to_dict
from trainyard.data.prepare import prepare


def make_turns(*numbers):
    asked = queue.SimpleQueue()
    for number in numbers:
        asked.put(number)
    turns = Turns(asked, io.StringIO())
    turns.wait()
    return turns


def answers(turns):
    return [json.loads(line) for line in turns.answers.getvalue().splitlines()]


def test_a_turn_is_answered_with_the_mean_loss_of_its_epochs():
    turns = make_turns(2, 1, 5)
    for loss in (3.0, 1.0, 4.0, 9.0):
        turns.on_epoch(None, None, {"train/loss": loss}, False)
    assert answers(turns) == [{"loss": 2.0}, {"loss": 4.0}]
    assert (turns.left, turns.losses) == (4, [9.0])


def test_a_turn_ends_where_the_loss_is_no_number():
    turns = make_turns(5, 1)
    turns.on_epoch(None, None, {"train/loss": float("nan")}, False)
    assert str(answers(turns)[0]["loss"]) == "nan"


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    config = compose(["dataset=iris", "accelerator=cpu", "network.dropout=0", "seed=3"])
    prepared = prepare(config.dataset, task="classification", double=False, root=root)
    return {"config": to_dict(config), "key": prepared.key, "root": str(root), "minibatches": 2, "total_steps": 100,
            "path": sys.path}  # fmt: skip


def start(asked, turns):
    command = [sys.executable, "-P", "-m", "trainyard.benchmark.tune_worker"]
    given = "\n".join([json.dumps(asked), *map(str, turns)]) + "\n"
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdin.write(given)
    process.stdin.flush()
    lines = [json.loads(process.stdout.readline()) for _ in range(len(turns) + 1)]
    process.stdin.close()
    process.wait(20)
    process.stdout.close()
    return lines, process.returncode


def test_a_process_trains_in_turns_and_ends_with_its_input(asked, tmp_path):
    lines, code = start(asked, [2, 3])
    assert code == 0
    assert lines[0] == {"ready": True}
    assert 0 < lines[2]["loss"] < lines[1]["loss"]
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_trained_is_told(asked):
    lines, code = start({**asked, "key": "gone"}, [])
    assert lines == [{"error": "TrainyardError: the prepared data are not in the cache any more"}]
    assert code == 0
