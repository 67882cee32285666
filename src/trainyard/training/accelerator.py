"""What computes: the device of a run, its threads, its precision, and how many processes share the work."""

import contextlib
import os
import platform
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

import torch

from trainyard.config.schema.accelerator import Accelerator, Precision
from trainyard.errors import AcceleratorError
from trainyard.training.cores import cores
from trainyard.training.limits import free_memory
from trainyard.training.passes import PLAIN, Passes

SMALL_STEP_FLOPS = 1e8  # about 5 ms of one core; below, handing work to threads costs more than it saves
AUTOCAST = {"bf16-mixed": torch.bfloat16, "16-mixed": torch.float16}
RESIDENT_SHARE = 0.4  # of the device's free memory may be taken by the rows of all parts together
CPU_PROCESSES = 2  # of ddp_cpu, where their number is left open

Sharing = Literal["alone", "ddp", "fsdp"]


@dataclass(frozen=True)
class Device:
    """Where and how a run computes. `processes` on each of `nodes` machines share the work.

    `description` is for a person; `precision` is settled, and `passes` is what speeds up those of training alone.
    """

    torch: torch.device
    description: str
    threads: int
    precision: Precision
    sharing: Sharing = "alone"
    processes: int = 1
    nodes: int = 1
    passes: Passes = PLAIN

    @property
    def double(self) -> bool:
        """Whether numbers are 64 bit."""
        return self.precision == "64"

    @property
    def mixed(self) -> bool:
        """Whether the forward pass runs in 16 bits while weights have 32."""
        return self.precision in AUTOCAST

    def autocast(self) -> AbstractContextManager[object]:
        """Return the context in which a forward pass runs in this precision."""
        if self.mixed:
            return torch.autocast(self.torch.type, dtype=AUTOCAST[self.precision])
        return contextlib.nullcontext()

    def pass_context(self) -> AbstractContextManager[object]:
        """Return the context in which a forward pass of training runs."""
        return self.autocast() if self.mixed else self.passes.context()

    @property
    def keeps_casts(self) -> bool:
        """Whether a forward pass of training leaves weights in 16 bits behind, which are old after the next update."""
        return self.mixed or self.passes.bf16

    def free_memory(self) -> int:
        """Return the bytes that are free on the device."""
        if self.torch.type == "cuda":
            return int(torch.cuda.mem_get_info(self.torch)[0])
        return free_memory()

    def resident_bytes(self) -> int:
        """Return the bytes that rows may take on the device; larger ones stay in the files of the cache."""
        return int(self.free_memory() * RESIDENT_SHARE)


def check_accelerator(config: Accelerator) -> torch.device:
    """Return the torch device of `config`, or raise AcceleratorError with a list of what this machine has."""
    gpus = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    mac = torch.backends.mps.is_available()
    there = ", ".join([f"cpu ({cores()} cores)", *(f"gpu {index} ({name})" for index, name in enumerate(gpus)),
                       *(["mps"] if mac else [])])  # fmt: skip
    device = _choose(config, gpus, mac, there)
    if device.type != "cuda" and config.precision in ("tf32", "16-mixed"):
        raise AcceleratorError(f"accelerator.precision={config.precision}: needs a CUDA GPU. There is: {there}.")
    return device


def _choose(config: Accelerator, gpus: list[str], mac: bool, there: str) -> torch.device:
    if config.name in ("cpu", "ddp_cpu") or (config.name == "auto" and not gpus):
        return torch.device("cpu")
    if config.name == "mps":
        if not mac:
            raise AcceleratorError(f"accelerator=mps: this is no Mac with a GPU that torch can use. There is: {there}.")
        return torch.device("mps")
    if not gpus:
        reason = "there is no CUDA GPU that torch can use here"
        raise AcceleratorError(f"accelerator={config.name}: {reason}. There is: {there}.")
    if config.name in ("ddp_gpu", "fsdp"):
        if config.processes != "auto" and config.processes > len(gpus):
            raise AcceleratorError(f"accelerator.processes={config.processes}: needs as many GPUs. There is: {there}.")
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")) % len(gpus))
    if config.device >= len(gpus):
        raise AcceleratorError(f"accelerator.device={config.device}: there is no such GPU. There is: {there}.")
    return torch.device("cuda", config.device)


def open_device(config: Accelerator, device: torch.device, step_flops: float) -> Device:
    """Return the device with its thread count chosen for the work of one step, and pin that count."""
    processes = _processes(config)
    small = device.type != "cpu" or step_flops < SMALL_STEP_FLOPS
    threads = max(1, 1 if small else cores() // processes) if config.threads == "auto" else config.threads
    torch.set_num_threads(threads)
    if device.type == "cuda":
        tf32 = config.precision == "tf32"
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
        description = f"GPU {device.index}: {torch.cuda.get_device_name(device)}"
    elif device.type == "mps":
        description = f"GPU of this Mac ({platform.machine()})"
    else:
        description = f"CPU {platform.machine()}, {threads} of {cores()} cores"
    sharing: Sharing = "fsdp" if config.name == "fsdp" else "ddp" if config.name.startswith("ddp") else "alone"
    if sharing != "alone":
        description = f"{processes * config.nodes} processes on {config.nodes} machines ({sharing}), each {description}"
    precision = "32" if config.precision == "auto" else config.precision
    return Device(device, description, threads, precision, sharing, processes, config.nodes)


def _processes(config: Accelerator) -> int:
    if config.name not in ("ddp_cpu", "ddp_gpu", "fsdp"):
        return 1
    if config.processes != "auto":
        return config.processes
    return CPU_PROCESSES if config.name == "ddp_cpu" else torch.cuda.device_count()
