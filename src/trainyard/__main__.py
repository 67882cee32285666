"""The process of a command: signals, the exit code and a quick way out."""

import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """Be the console command `trainyard`."""
    _run(sys.argv[1:])


def train() -> NoReturn:
    """Be `python train.py`."""
    _run(["train", *sys.argv[1:]])


def _run(argv: list[str]) -> NoReturn:
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave_at_once)
    try:
        from trainyard.streams import let_readers_leave

        let_readers_leave()
        from trainyard.verbs.cli import run_command

        code = run_command(argv)
    except KeyboardInterrupt:
        code = 130
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 1 if exit_.code else 0
    _leave(code)


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(143)


def _leave_at_once(_signal: int, _frame: FrameType | None) -> NoReturn:
    """End the process on Ctrl-C while nothing has begun; an exception would be lost in the libraries that compose."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # it may be in the middle of a write
            stream.flush()
    os._exit(130)


def _leave(code: int) -> NoReturn:
    """End the process. After torch, the interpreter's own way out takes a second and saves nothing: all is flushed."""
    if "torch" not in sys.modules:
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 1
    os._exit(code)


if __name__ == "__main__":
    main()
