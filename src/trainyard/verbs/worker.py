"""Trains members of a sweep in a process of its own: one after the other, or one as a job of submitit.

`python -m trainyard.verbs.worker` reads a ticket a line on its standard input and answers each on its standard output:
`began <folder>`, then the outcome. It ends when its input does; at work, as by SIGTERM, so that no member outlives the
sweep.
"""

import io
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from trainyard.config.command import TrainCommand
    from trainyard.config.compose import Composed
    from trainyard.config.ticket import Ticket
    from trainyard.training.companions import Companions
    from trainyard.training.outcome import Outcome
    from trainyard.training.result import RunResult


def main() -> None:
    """Train what is asked for until there is no more."""
    signal.signal(signal.SIGTERM, _terminate)
    with os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as answers:
        os.dup2(2, 1)  # whatever else is printed is no answer
        tickets: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        busy = threading.Event()
        threading.Thread(target=_listen, args=(tickets, busy), daemon=True).start()
        companions: Companions | None = None
        while (text := tickets.get()) is not None:
            ticket = _open(text)
            companions = companions or _companions()
            outcome = train_member(ticket, companions, lambda folder: print(f"began {folder}", file=answers))
            busy.clear()
            print(outcome.to_json(), file=answers)
        if companions is not None:
            companions.close()


def train_job(text: str, file: str) -> None:
    """Be a job of submitit that trains the member of a ticket, with its note in a file."""
    from trainyard.training.cluster import note_outcome, noted

    with noted(Path(file)) as note_folder:
        companions = _companions()
        outcome = train_member(_open(text), companions, note_folder)
        note_outcome(Path(file), outcome)
        companions.close()


def train_member(ticket: "Ticket", companions: "Companions", began: Callable[[Path], None]) -> "Outcome":
    """Train the member of a ticket and return how it ended and all that it said; `began` is told its folder."""
    from trainyard.training.outcome import Outcome
    from trainyard.training.result import failed
    from trainyard.verbs.cli import report_error
    from trainyard.verbs.train import failed_line

    results: list[RunResult] = []
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained):
        try:
            _train(ticket, companions, began, results)
        except KeyboardInterrupt as error:
            results.append(failed(Path(), error, 130))
        except SystemExit as error:
            results.append(failed(Path(), error, error.code if isinstance(error.code, int) else 1))
        except Exception as error:  # noqa: BLE001  # told by the sweep; the other members still run
            results.append(failed(Path(), error, report_error(error)))
            print(failed_line(error))
    from trainyard.config.secrets import mask_text

    return Outcome(ticket.number, results[0], mask_text(said.getvalue()), mask_text(complained.getvalue()))


def _train(
    ticket: "Ticket", companions: "Companions", began: Callable[[Path], None], results: "list[RunResult]"
) -> None:
    from trainyard.training.result import Parent
    from trainyard.verbs.members import run_member

    parent = Parent(ticket.parent, Path(ticket.folder), companions)
    command = _command(ticket.argv, ticket.typed_as)

    def task(composed: "Composed", folder: Path) -> None:
        began(folder)
        results.append(run_member(composed, folder, ticket.command, parent))

    command.run_members(command.compose_member(ticket), task)


@cache
def _command(argv: tuple[str, ...], typed_as: str) -> "TrainCommand":
    """Return the train command of a sweep, once for all members that this process trains."""
    from trainyard.config.command import TrainCommand
    from trainyard.config.flags import parse_flags

    return TrainCommand(parse_flags(argv), typed_as)


def _open(text: str) -> "Ticket":
    """Read a ticket, and settle what the whole process has to know."""
    from trainyard.config.ticket import Ticket

    ticket = Ticket.from_json(text)
    sys.path[:] = ticket.path
    os.environ["TRAINYARD_SIDE_BY_SIDE"] = str(ticket.side_by_side)
    return ticket


def _companions() -> "Companions":
    """Return the processes beside the members: a reporter alone, as the sweep's mirror follows them."""
    from trainyard.training.companions import Companions

    return Companions(None, 0.0)


def _listen(tickets: "queue.SimpleQueue[str | None]", busy: threading.Event) -> None:
    """Read tickets; the next one comes when the last one was answered."""
    for line in sys.stdin:
        busy.set()
        tickets.put(line)
    tickets.put(None)
    if busy.is_set():
        os.kill(os.getpid(), signal.SIGTERM)


def _terminate(*_: Any) -> NoReturn:
    raise SystemExit(143)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt, BrokenPipeError):
        main()
    sys.stderr.flush()
    os._exit(0)  # a second of unloading torch would be waited for
