"""Where the time of a training went, operator by operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from torch.profiler import ProfilerActivity, profile

from trainyard.files import write_text
from trainyard.training.accelerator import Device
from trainyard.training.console import Console

ROWS = 15


@contextmanager
def profiled(wanted: bool, device: Device, folder: Path, console: Console) -> Iterator[None]:
    """Record the operators that run inside, tell the dearest ones and keep the table in `profile.txt`.

    Nothing happens where it is not wanted. Recording slows a training down and holds every event in memory: profile a
    few epochs only.
    """
    if not wanted:
        yield
        return
    gpu = device.torch.type == "cuda"
    activities = [ProfilerActivity.CPU, ProfilerActivity.CUDA] if gpu else [ProfilerActivity.CPU]
    with profile(activities=activities) as recorded:
        yield
    order = "self_device_time_total" if gpu else "self_cpu_time_total"
    table = recorded.key_averages().table(sort_by=order, row_limit=ROWS, max_name_column_width=40)
    write_text(folder / "profile.txt", table)
    console.say(table)
