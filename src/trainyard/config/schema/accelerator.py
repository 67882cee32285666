"""Where a run computes."""

from dataclasses import dataclass
from typing import Literal

from trainyard.config.schema.key import key

Precision = Literal["32", "tf32", "64", "bf16-mixed", "16-mixed", "bf16-true"]


@dataclass(frozen=True, kw_only=True)
class Accelerator:
    """What computes: one device, or several processes that share the work (ddp_cpu, ddp_gpu, fsdp)."""

    name: Literal["auto", "cpu", "gpu", "mps", "ddp_cpu", "ddp_gpu", "fsdp"] = "auto"
    precision: Literal["auto", Precision] = key(
        "numbers in the network: auto (32 bit; while a wide classifier trains on a CPU that has them, products in "
        "bf16), 32 bit, tf32 (products of 32 bit on a GPU, faster), 64 (slow, exact), bf16-mixed (fast for wide "
        "networks), 16-mixed (older GPUs, with a loss scale), bf16-true (half the memory, coarse)", default="auto")
    layout: Literal["auto", "contiguous", "channels_last"] = key(
        "how images lie in memory while a network with convolutions trains: channels_last is faster for most; auto "
        "takes it on a CPU where precision is auto too", default="auto")
    threads: int | Literal["auto"] = key(
        "CPU threads; auto takes one for small networks, else every core; results differ in the last bits between "
        "counts, so it is pinned and recorded", default="auto", ge=1)
    device: int = key("which GPU, counted from 0", default=0, ge=0)
    processes: int | Literal["auto"] = key(
        "processes on this machine that share the work, for ddp_cpu, ddp_gpu and fsdp; auto: one a GPU, two on the CPU",
        default="auto", ge=1)
    nodes: int = key("machines that share the work; torchrun or Slurm starts Trainyard on each of them", default=1,
                     unit="machines", ge=1)
