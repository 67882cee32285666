"""A lock that ends with its owner: a POSIX record lock, which a forked worker neither inherits nor prolongs.

Such a lock is lost as soon as its process closes any descriptor of the file. So a file is opened once by its owner,
and asking about a lock that this very process holds is answered without opening the file.
"""

import errno
import fcntl
import os
import time
from pathlib import Path

NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}
_held: dict[tuple[int, int], int] = {}  # (device, inode) of a locked file -> pid of the owner


class FileLock:
    """An exclusive lock on a file, made if it is not there; released by `release` or the end of the process."""

    def __init__(self, path: Path):
        self.path = path
        self._fd = -1

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._fd >= 0

    def acquire(self, seconds: float = 0.0) -> bool:
        """Take the lock; False if another process or object keeps it for longer than `seconds`."""
        until = time.monotonic() + seconds
        while not self._try():
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        return True

    def _try(self) -> bool:
        if _held_here(self.path):
            return False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in NO_LOCKS:
                os.close(fd)
                if error.errno in (errno.EACCES, errno.EAGAIN):
                    return False
                raise
        self._fd = fd
        _held[_identity(fd)] = os.getpid()
        return True

    def release(self) -> None:
        """Let go; nothing happens if the lock is not held."""
        if self._fd >= 0:
            _held.pop(_identity(self._fd), None)
            os.close(self._fd)
            self._fd = -1


def is_locked(path: Path) -> bool | None:
    """Whether a living process holds the lock; None where the file system knows no locks. Takes nothing itself."""
    if _held_here(path):
        return True
    try:
        fd = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN):
            return True
        if error.errno in NO_LOCKS:
            return None
        raise
    finally:
        os.close(fd)
    return False


def _held_here(path: Path) -> bool:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return False
    return _held.get((stat.st_dev, stat.st_ino)) == os.getpid()


def _identity(fd: int) -> tuple[int, int]:
    stat = os.fstat(fd)
    return stat.st_dev, stat.st_ino
