"""The process of one engine: `python -m trainyard.benchmark.child SPEC`, driven by lines of JSON on its standard input.

It answers each line with one: {"do": "lay out"}, {"do": "check"} and {"do": "train"} hold a case; while training,
{"do": "turn"} is answered by the seconds of an epoch, and anything else ends it. What cannot be done is answered by a
sentence, and the process goes on.
"""

import json
import os
import sys
from typing import Any

from trainyard.benchmark import memory
from trainyard.benchmark.case import Case
from trainyard.benchmark.engines import Engine, Spec
from trainyard.benchmark.gate import SETTLE, Channel, Gate


def main(spec: Spec, channel: Channel) -> None:
    """Answer until the parent ends."""
    engine = open_engine(spec)
    idle = memory.held()
    channel.send(facts=engine.facts())
    for message in channel:
        if "case" not in message:  # a turn of a training that could not go on
            continue
        try:
            channel.send(**answer(engine, spec, message, channel, idle))
        except Exception as error:  # noqa: BLE001  # whatever an engine cannot do becomes its row
            channel.send(cannot=reason(error))


def answer(engine: Engine, spec: Spec, message: dict[str, Any], channel: Channel, idle: int | None) -> dict[str, Any]:
    """Do what a message asks for and return the answer."""
    case = Case(**message["case"])
    if message["do"] == "lay out":
        from trainyard.benchmark.torch_engine import lay_out

        return lay_out(case, spec)
    if message["do"] == "check":
        return {"losses": engine.check(case)}
    known = begin_memory(spec)
    synchronize = wait_for_gpu if spec.device == "cuda" else lambda: None
    settle = SETTLE if spec.threads > 1 else 0.0
    engine.train(case, Gate(iter(channel), channel.send, settle=settle, synchronize=synchronize))
    return {"memory": most_memory(spec, idle) if known else None}


def open_engine(spec: Spec) -> Engine:
    """Return the engine of a spec, importing what it alone needs."""
    if spec.kind == "numpy":
        from trainyard.benchmark.numpy_engine import NumpyEngine

        return NumpyEngine()
    if spec.kind == "scikit-learn":
        from trainyard.benchmark.scikit_engine import ScikitEngine

        return ScikitEngine()
    if spec.kind == "trainyard":
        from trainyard.benchmark.own_engine import OwnEngine

        return OwnEngine(spec)
    from trainyard.benchmark.torch_engine import TorchEngine

    return TorchEngine(spec)


def begin_memory(spec: Spec) -> bool:
    """Let the most memory count from now; return whether it can be told."""
    if spec.device == "cpu":
        return memory.begin()
    import torch

    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    return True


def most_memory(spec: Spec, idle: int | None) -> int | None:
    """Return the most bytes held: of the GPU what torch gave out, else what is more than the idle process held."""
    if spec.device == "cuda":
        import torch

        return int(torch.cuda.max_memory_allocated())
    most = memory.most_held()
    return None if most is None or idle is None else max(0, most - idle)


def wait_for_gpu() -> None:
    """Wait until the GPU has done everything."""
    import torch

    torch.cuda.synchronize()


def reason(error: Exception) -> str:
    """Return what an error says, in one line; memory that ran out in plain words."""
    text = " ".join(str(error).split())
    if isinstance(error, MemoryError) or "OutOfMemory" in type(error).__name__ or "allocate memory" in text:
        return "not enough memory"
    return f"{type(error).__name__}: {text}"[:300]


if __name__ == "__main__":
    out = os.dup(1)
    os.dup2(2, 1)  # what libraries print is none of the messages
    with os.fdopen(out, "wb") as outgoing:
        main(Spec(**json.loads(sys.argv[1])), Channel(sys.stdin.buffer, outgoing))
