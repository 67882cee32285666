"""The memory of a process: what it holds, and the most that it has held since it was asked to begin anew."""

import ctypes
import gc
from pathlib import Path

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
KIB = 1024


def held() -> int | None:
    """Return the bytes of physical memory that this process holds, None where the system does not tell."""
    return _field("VmRSS")


def most_held() -> int | None:
    """Return the most bytes that this process has held since `begin`, None where the system does not tell."""
    return _field("VmHWM")


def begin() -> bool:
    """Give free memory back and let `most_held` count from what is held now; whether the system can do that."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
        CLEAR.write_text("5")
    except (OSError, AttributeError):
        return False
    return True


def _field(name: str) -> int | None:
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * KIB for line in lines if line.startswith(f"{name}:")), None)
