"""`trainyard train`, which is `python train.py`: check everything, then run once or once per member of a sweep."""

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.config.flags import parse_flags, shows_something
from trainyard.errors import TrainyardError
from trainyard.files import remove_if_empty
from trainyard.training.phases import Phases
from trainyard.training.stop import interrupt_in_order

if TYPE_CHECKING:
    from trainyard.config.command import TrainCommand
    from trainyard.config.compose import Composed
    from trainyard.config.schema.run import Config
    from trainyard.training.result import Parent, RunResult


def main(argv: Sequence[str]) -> int:
    """Train what `argv` says and return the exit code; raise ConfigError, DataError or NetworkError for mistakes."""
    if "--version" in argv:
        from trainyard.verbs.cli import run_command

        return run_command(["--version"])
    flags = parse_flags(argv)
    phases = Phases.of_process()
    from trainyard.config.command import TrainCommand

    phases.mark("imports")
    command = TrainCommand(flags, typed_command())
    if shows_something(flags):
        command.show()
        return 0
    if command.is_multirun:
        from trainyard.verbs.members import train_members

        return train_members(command, command_line(argv))
    folder = run_to_resume(command)
    return train_once(command, argv, phases) if folder is None else train_on(command, argv, folder, phases)


def train_once(command: "TrainCommand", argv: Sequence[str], phases: Phases) -> int:
    """Run one training and return its exit code; a stage of a pipeline goes on with what it had begun."""
    composed = command.compose()
    if command.output is not None:
        from trainyard.config.root import project_root
        from trainyard.training.stage import begun_before

        if (begun := begun_before(project_root(), composed.config)) is not None:
            return train_on(command, argv, begun, phases)

    def task(composed: "Composed", folder: Path) -> int:
        phases.mark("compose")
        return run_one(composed, folder, command_line(argv), output=command.output, phases=phases).exit_code

    return command.run(composed, task)


def run_to_resume(command: "TrainCommand") -> Path | None:
    """Return the run to go on with, None for a new one: what resume= names, or what this job of Slurm began before."""
    from trainyard.config.root import project_root
    from trainyard.config.runs import find_run, newest_run

    if command.resume is not None:
        root = project_root()
        return newest_run(root) if command.resume == "latest" else find_run(command.resume, root, "resume")
    from trainyard.training.slurm import run_before

    return run_before(project_root())


def train_on(command: "TrainCommand", argv: Sequence[str], folder: Path, phases: Phases) -> int:
    """Let a run go on in its folder with its own config, but for what was typed, and return its exit code."""
    from trainyard.config.overlay import read_resolved
    from trainyard.config.resuming import check_changes
    from trainyard.config.text import from_dict

    values = read_resolved(folder / "config.yaml", f"resume={command.resume or folder}")
    composed = command.compose_over(values)
    warnings = check_changes(from_dict(values), composed.config, folder)
    phases.mark("compose")
    return run_one(
        composed, folder, command_line(argv), resuming=warnings, output=command.output, phases=phases
    ).exit_code


def run_one(
    composed: "Composed", folder: Path, line: str, *, parent: "Parent | None" = None,
    resuming: Sequence[str] | None = None, output: Path | None = None, phases: Phases | None = None,
) -> "RunResult":  # fmt: skip
    """Run one training in a folder that Hydra has just made, or go on there, and return how it ended.

    `line` is the command as typed, without secrets. A folder that is still empty when the run could not begin is
    removed. What comes out of a run that has finished is handed on to the folder `output`.
    """
    from trainyard.config.secrets import masked_overrides
    from trainyard.training.result import failed

    interrupt_in_order()
    try:
        from trainyard.training.run import run

        typed = masked_overrides(composed.overrides)
        result = run(
            composed.config, folder=folder, overrides=typed, command=line, parent=parent, resuming=resuming,
            phases=phases,
        )  # fmt: skip
        if output is not None and result.status == "FINISHED":
            hand_on(result.folder, output, composed.config)
        return result
    except TrainyardError:
        raise
    except Exception as error:
        if not any(folder.iterdir()):
            raise
        if parent is not None:
            print(failed_line(error), flush=True)
        return failed(folder, error, report_unexpected(error, folder))
    finally:
        remove_if_empty(folder, above=2)


def hand_on(folder: Path, output: Path, config: "Config") -> None:
    """Hand on what came out of a run, for the stages of a pipeline that follow."""
    from trainyard.config.root import project_root
    from trainyard.training.handover import write_outcome
    from trainyard.training.stage import forget_stage

    write_outcome(folder, output, project_root())
    forget_stage(project_root(), config)


def failed_line(error: Exception) -> str:
    """Return the line below the heading of a member that failed; stderr tells more of it."""
    from trainyard.config.secrets import mask_text

    words = str(error) if isinstance(error, TrainyardError) else f"{type(error).__name__}: {error}"
    return mask_text("\n".join(f"  failed: {line}" for line in words.splitlines()))


def report_unexpected(error: Exception, folder: Path) -> int:
    """Keep the traceback in the run folder's log.txt, say one sentence, and return exit code 1."""
    from trainyard.config.secrets import mask_text

    log = folder / "log.txt"
    text = mask_text("".join(traceback.format_exception(error)))
    if os.environ.get("HYDRA_FULL_ERROR") == "1":
        print(text, file=sys.stderr)
    if not log.exists() or text.strip().splitlines()[-1] not in log.read_text(encoding="utf-8"):
        with log.open("a", encoding="utf-8") as file:
            file.write(text)
    words = mask_text(f"{type(error).__name__}: {error}")
    print(f"trainyard: the run failed unexpectedly: {words}\n  The traceback is in {log}", file=sys.stderr)
    return 1


def typed_command() -> str:
    """Return how the command is called here: "python train.py" or "trainyard train"."""
    program = os.path.basename(sys.argv[0])
    return f"python {sys.argv[0]}" if program.endswith(".py") and program != "__main__.py" else "trainyard train"


def command_line(argv: Sequence[str]) -> str:
    """Return the whole command line, quoted for a shell, without secrets."""
    from trainyard.config.secrets import masked_command

    return f"{typed_command()} {masked_command(argv)}".strip()
