"""Standard streams whose reader may leave: `python train.py | head -3` trains to the end all the same."""

import errno
import io
import os
import sys

GONE = (errno.EPIPE, errno.EIO)  # nobody reads the pipe, the terminal was closed


class Outlet(io.TextIOWrapper):
    """A text stream that drops what is written to it once nobody reads it any more."""

    def write(self, text: str) -> int:
        """Write the text, or drop it; return the count of its characters."""
        try:
            return super().write(text)
        except OSError as error:
            self._drop_all(error)
            return len(text)

    def flush(self) -> None:
        """Hand on what was written, or drop it."""
        try:
            super().flush()
        except OSError as error:
            self._drop_all(error)

    def _drop_all(self, error: OSError) -> None:
        if error.errno not in GONE:
            raise error
        _to_nowhere(self.fileno())


def leave_output() -> int:
    """Drop what is still to be written to standard output, whose reader has left, and return the exit code."""
    _to_nowhere(sys.stdout.fileno())
    return 0


def _to_nowhere(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def let_readers_leave() -> None:
    """Put outlets in the places of standard output and standard error, with all that these are set to."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if type(stream) is not io.TextIOWrapper:
            continue
        encoding, errors, by_line, at_once = stream.encoding, stream.errors, stream.line_buffering, stream.write_through
        stream.flush()
        outlet = Outlet(stream.detach(), encoding, errors, line_buffering=by_line, write_through=at_once)
        setattr(sys, name, outlet)
        setattr(sys, f"__{name}__", outlet)
