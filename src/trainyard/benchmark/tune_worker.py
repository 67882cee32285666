"""A process that trains with one setting, in turns, when it is told to.

`python -m trainyard.benchmark.tune_worker` reads what to train as a line of JSON on its standard input and answers with
a line when it is ready. Each further line is a number of epochs to train; the answer is their mean loss. It ends when
its input does.
"""

import json
import math
import os
import queue
import sys
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainyard.models import Model
    from trainyard.training.member import Member

ENDLESS = 10**9


def main() -> None:
    """Train what is asked for, turn by turn; a line with an error is the last where it cannot be trained."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as answers:
        os.dup2(2, 1)  # whatever else is printed is no answer
        asked = json.loads(sys.stdin.readline())
        sys.path[:] = asked["path"]
        turns: queue.SimpleQueue[int] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(turns,), daemon=True).start()
        try:
            train(asked, Turns(turns, answers))
        except Exception as error:  # noqa: BLE001  # told by the parent, in its table
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=answers)


@dataclass
class Turns:
    """The turns that a training has: numbers of epochs that come, answers that go."""

    asked: "queue.SimpleQueue[int]"
    answers: IO[str]
    left: int = 0
    losses: list[float] = field(default_factory=list)

    def wait(self) -> None:
        """Wait for the next turn."""
        self.left, self.losses = self.asked.get(), []

    def on_epoch(self, _member: "Member", _model: "Model", metrics: dict[str, float], _best: bool) -> None:
        """Count an epoch, and answer where it is the last of its turn, or where the loss is no number."""
        self.left -= 1
        self.losses.append(metrics["train/loss"])  # read from the device, which has therefore done all
        if self.left and math.isfinite(self.losses[-1]):
            return
        self.answer(loss=sum(self.losses) / len(self.losses))
        self.wait()

    def answer(self, **values: Any) -> None:
        """Write an answer."""
        print(json.dumps(values), file=self.answers)


def train(asked: dict[str, Any], turns: Turns) -> None:
    """Train on the path of a training until there are no more turns; what it takes to begin is part of the first one.

    `asked` has the plain values of a config, the key of its prepared data, the project root, the minibatches of an
    epoch at most, and the steps that the training itself would have, by which schedules run and passes are recorded.
    """
    from trainyard.config.text import from_dict
    from trainyard.data.cached import find_prepared
    from trainyard.errors import TrainyardError
    from trainyard.training.accelerator import check_accelerator
    from trainyard.training.fit import fit
    from trainyard.training.plan import plan_run

    config = from_dict(asked["config"])
    prepared = find_prepared(asked["key"], config.dataset, Path(asked["root"]))
    if prepared is None:
        raise TrainyardError("the prepared data are not in the cache any more")
    training = replace(
        config.training, max_epochs=None, max_time=None, max_steps=ENDLESS, patience=None, restore_best=False,
        validate_every=ENDLESS, limit_batches=asked["minibatches"],
    )  # fmt: skip
    plan = plan_run(replace(config, training=training), prepared, check_accelerator(config.accelerator))
    plan = replace(plan, config=replace(plan.config, callbacks={}), total_steps=asked["total_steps"])
    turns.answer(ready=True)
    turns.wait()
    fit(plan, on_epoch=turns.on_epoch)


def _listen(turns: "queue.SimpleQueue[int]") -> None:
    """Read turns; the process ends where there are no more, whatever it is at."""
    for line in sys.stdin:
        turns.put(int(line))
    os._exit(0)


if __name__ == "__main__":
    main()
    os._exit(0)  # a second of unloading torch would be waited for
