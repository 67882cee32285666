"""Listening on this machine alone, until Ctrl-C or SIGTERM."""

import errno
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from trainyard.errors import ConfigError

if TYPE_CHECKING:
    from fastapi import FastAPI

HOST = "127.0.0.1"
LAST = 65_535
WAITING = 128  # connections that have not been taken yet
SECONDS = 5  # that requests in work have to end when the server ends


def open_port(port: int) -> socket.socket:
    """Return a socket that listens at a port of this machine, at a free one for 0. Raises ConfigError."""
    try:
        return socket.create_server((HOST, port), backlog=WAITING)
    except PermissionError:
        raise ConfigError(f"port={port}: is for programs of the system's; take one from 1024 to {LAST}") from None
    except OSError as error:
        why = "another program has it" if error.errno == errno.EADDRINUSE else error.strerror
        raise ConfigError(f"port={port}: {why}; take another one, or port=0 for one that is free") from None


@contextmanager
def noted_interrupts() -> Iterator[list[int]]:
    """Give a list in which Ctrl-C is noted when it is raised: what is imported meanwhile may swallow the exception."""
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        noted.append(number)
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


def listen(app: "FastAPI", opened: socket.socket, ready: Callable[[], None]) -> int:
    """Answer requests at a socket until a signal ends it, and return the exit code that it stands for.

    `ready` is called before the first request is answered.
    """
    import uvicorn

    ended_by = []

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if sig in ended_by:
                super().handle_exit(sig, frame)  # a second Ctrl-C waits for no request
            ended_by.append(sig)
            self.should_exit = True

    config = uvicorn.Config(app, use_colors=False, server_header=False, timeout_graceful_shutdown=SECONDS)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    Server(config).run([opened])
    return 128 + ended_by[0] if ended_by else 0
