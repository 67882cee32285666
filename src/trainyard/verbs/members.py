"""The members of a sweep: trained in turn in this process, or side by side in processes of their own."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.training.stop import interrupt_in_order
from trainyard.verbs.cli import report_error

if TYPE_CHECKING:
    from trainyard.config.command import TrainCommand
    from trainyard.config.compose import Composed
    from trainyard.config.sweep import Sweep
    from trainyard.training.cluster import Jobs
    from trainyard.training.outcome import Outcome
    from trainyard.training.pool import Pool
    from trainyard.training.result import Parent, RunResult
    from trainyard.training.stop import Stop
    from trainyard.training.sweep import Sweep as Begun

WORKER = [sys.executable, "-P", "-m", "trainyard.verbs.worker"]
STOPPED = (130, 143)  # exit codes after Ctrl-C and SIGTERM


def train_members(command: "TrainCommand", line: str) -> int:
    """Run the members of a sweep and return one exit code for all; `line` is the command as typed, without secrets.

    A member that fails or is killed does not stop the others, Ctrl-C and SIGTERM do. The code is 0 if all went well, 2
    if nothing but mistakes of the user went wrong, else 1.
    """
    sweep = command.compose_sweep()
    from trainyard.training.sweep import begin_sweep, end_sweep

    interrupt_in_order()
    configs, typed = [member.config for member in sweep.members], command.overrides
    swept = swept_values(typed, sweep.swept_keys)
    begun = begin_sweep(sweep.folder, configs, overrides=typed, swept=swept, command=line)
    train = train_in_turn if sweep.launcher.name == "basic" else train_side_by_side
    code = 1
    try:
        with command.multirun(sweep):
            code = train(command, sweep, begun, line)
    finally:
        end_sweep(begun, stopped=code in STOPPED)
    return code


def train_in_turn(command: "TrainCommand", sweep: "Sweep", begun: "Begun", line: str) -> int:
    """Run the members one after the other in this process."""
    codes: list[int] = []

    def task(composed: "Composed", folder: Path) -> None:
        print(member_line(len(codes), sweep), flush=True)
        result = run_member(composed, folder, line, begun.parent)
        begun.add(len(codes), masked(composed), result)
        codes.append(result.exit_code)
        if result.exit_code in STOPPED:
            raise SystemExit(result.exit_code)

    try:
        command.run_members(sweep, task)
    except KeyboardInterrupt:
        codes.append(130)
    except SystemExit as exit_:
        codes.append(exit_.code if isinstance(exit_.code, int) else 1)
    return sweep_exit_code(codes)


def train_side_by_side(command: "TrainCommand", sweep: "Sweep", begun: "Begun", line: str) -> int:
    """Run members in processes of their own, several at a time, and tell each when it has ended."""
    from trainyard.training.stop import Stop, stop_on_signals

    stop = Stop()
    codes: list[int] = []
    with suppress(KeyboardInterrupt), stop_on_signals(stop):
        for outcome in _outcomes(command, sweep, begun, line, stop):
            print("\n".join([member_line(outcome.number, sweep), *outcome.said.splitlines()]), flush=True)
            print(outcome.complained, end="", file=sys.stderr, flush=True)
            begun.add(outcome.number, masked(sweep.members[outcome.number]), outcome.result)
            codes.append(outcome.result.exit_code)
    if stop.reason is not None:
        return stop.exit_code
    return sweep_exit_code([1 if code in STOPPED else code for code in codes])


def _outcomes(
    command: "TrainCommand", sweep: "Sweep", begun: "Begun", line: str, stop: "Stop"
) -> "Iterator[Outcome]":
    """Yield how members end, batch by batch of hydra.sweeper.max_batch_size."""
    batches = [(first, len(batch)) for first, batch in sweep.batches()]
    processes = at_a_time(sweep, batches[0][1])
    print(f"Training {len(sweep.members)} members, {processes or 'as many as the queue lets'} at a time "
          f"(hydra/launcher={sweep.launcher.name}).", flush=True)  # fmt: skip
    tickets = command.tickets(sweep, parent=begun.parent.id, command=line, side_by_side=processes or 1)
    with closing(_start(sweep, processes)) as trainer:
        for first, size in batches:
            chosen = {ticket.number: ticket.to_json() for ticket in tickets[first : first + size]}
            if stop.reason is None:
                yield from trainer.train(chosen, stop)


def at_a_time(sweep: "Sweep", members: int) -> int:
    """Return how many of so many members share this machine, 0 where a queue decides.

    hydra.launcher.n_jobs counts as joblib has it: -1 are all cores, -2 all but one.
    """
    if sweep.launcher.is_submitit:
        return members if sweep.launcher.name == "submitit_local" else 0
    from trainyard.training.cores import usable_cores

    jobs = int(sweep.launcher.keys["n_jobs"])
    return min(members, max(1, jobs if jobs > 0 else usable_cores() + 1 + jobs))


def _start(sweep: "Sweep", processes: int) -> "Pool | Jobs":
    if not sweep.launcher.is_submitit:
        from trainyard.training.pool import Pool

        return Pool(WORKER, processes)
    from trainyard.config.root import project_root
    from trainyard.training.cluster import Jobs
    from trainyard.verbs.worker import train_job

    folder = project_root() / ".trainyard" / "submitit" / sweep.folder.name
    return Jobs(sweep.launcher.name.removeprefix("submitit_"), sweep.launcher.keys, folder, train_job)


def run_member(composed: "Composed", folder: Path, line: str, parent: "Parent") -> "RunResult":
    """Run one member and return how it ended; what went wrong is told on stderr."""
    from trainyard.training.result import failed
    from trainyard.verbs.train import failed_line, run_one

    try:
        return run_one(composed, folder, line, parent=parent)
    except KeyboardInterrupt as error:
        return failed(folder, error, 130)
    except SystemExit as error:
        return failed(folder, error, error.code if isinstance(error.code, int) else 1)
    except Exception as error:  # noqa: BLE001  # told here; the other members still run
        code = report_error(error)
        print(failed_line(error), flush=True)
        return failed(folder, error, code)


def sweep_exit_code(codes: Sequence[int]) -> int:
    """Return the exit code of a sweep from those of its members."""
    stopped = [code for code in codes if code in STOPPED]
    wrong = [code for code in codes if code]
    return stopped[0] if stopped else 2 if wrong and set(wrong) == {2} else 1 if wrong else 0


def swept_values(overrides: Sequence[str], swept_keys: Sequence[str]) -> dict[str, str]:
    """Return what was typed for the keys that set the members of a sweep apart, without secrets."""
    from trainyard.config.overrides import shape_of
    from trainyard.config.secrets import masked_overrides

    shapes = [shape_of(text) for text in masked_overrides(overrides)]
    return {shape.key: shape.value or "" for shape in shapes if shape.key in swept_keys}


def member_line(number: int, sweep: "Sweep") -> str:
    """Return the line above the output of a member, counted from 0: which of how many, and what sets it apart."""
    from trainyard.config.overrides import shape_of

    apart = [text for text in masked(sweep.members[number]) if shape_of(text).key in sweep.swept_keys]
    return f"\nMember {number + 1} of {len(sweep.members)}: {' '.join(apart)}".rstrip(": ")


def masked(composed: "Composed") -> list[str]:
    """Return the overrides of a member as they were typed, without secrets."""
    from trainyard.config.secrets import masked_overrides

    return masked_overrides(composed.overrides)
