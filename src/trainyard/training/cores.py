"""CPU cores: those that this process may use, and its part of them where members of a sweep train side by side."""

import os

from trainyard.training.limits import processor_limit

SIDE_BY_SIDE = "TRAINYARD_SIDE_BY_SIDE"  # in the environment of a member: how many share the machine


def usable_cores() -> int:
    """Return the number of cores that this process may use, whole ones where its container has a part of their time."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, int(min(there, processor_limit())))


def cores() -> int:
    """Return the number of cores for the threads of this process."""
    return max(1, usable_cores() // int(os.environ.get(SIDE_BY_SIDE, "1")))
