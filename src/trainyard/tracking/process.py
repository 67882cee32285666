"""Who a process is: pids are used again, so the host, its boot and the start time of the process belong to it."""

import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Process:
    """A process, told from every other one that ever ran."""

    pid: int
    started: str  # as the system tells it: clock ticks since the boot on Linux, a date elsewhere
    host: str
    boot: str

    @classmethod
    def own(cls) -> "Process":
        """This process."""
        pid = os.getpid()
        return cls(pid, start_time(pid) or "", os.uname().nodename, boot_id())

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Process":
        """The process that `as_dict` wrote; other keys are passed over."""
        return cls(int(values["pid"]), str(values["started"]), str(values["host"]), str(values["boot"]))

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    def runs_here(self) -> bool | None:
        """Whether it still runs; None where this machine cannot know, as it ran on another one."""
        if self.host != os.uname().nodename:
            return None
        return self.boot == boot_id() and start_time(self.pid) == self.started


def start_time(pid: int) -> str | None:
    """When a process started, None if there is none of that number (or only its remains)."""
    if sys.platform == "linux":
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] in "ZX" else fields[19]
    ps = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return ps.stdout.strip() or None


@cache
def boot_id() -> str:
    """What changes when this machine starts anew."""
    file = Path("/proc/sys/kernel/random/boot_id")
    if file.exists():
        return file.read_text().strip()
    sysctl = subprocess.run(["sysctl", "-n", "kern.bootsessionuuid"], capture_output=True, text=True, check=False)
    return sysctl.stdout.strip() or f"unknown-{uuid.getnode():x}"
