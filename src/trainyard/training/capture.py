"""Work on a CUDA device captured as a graph, which is launched at once rather than operator by operator."""

from collections.abc import Callable

import torch
from torch import Tensor

WARM_UPS = 3  # as many as torch's documentation takes: libraries set themselves up, which no capture allows


def capture(
    work: Callable[[], Tensor], device: torch.device, restore: Callable[[], None]
) -> Callable[[], Tensor] | None:
    """Return a function that does `work` again and gives a copy of what it returned; None where it cannot be captured.

    The work reads and writes memory that stays where it is, decides nothing by a value, and draws from the default
    generator of the device, which goes on from where it is at each replay. It is done some times to warm up, on another
    stream as a capture needs it; `restore` then brings back what it wrote. Capturing does nothing but note the kernels.
    """
    main, side = torch.cuda.current_stream(device), torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    graph = torch.cuda.CUDAGraph()
    try:
        side.wait_stream(main)
        with torch.cuda.stream(side):
            for _ in range(WARM_UPS):
                work()
        main.wait_stream(side)
        restore()
        with torch.cuda.stream(main), torch.cuda.graph(graph, stream=side):  # one that fails does not leave its stream
            result = work()
    except RuntimeError:  # of CUDA, for want of memory too, or of an operator that waits for the device
        restore()
        return None

    def replay() -> Tensor:
        graph.replay()
        return result.clone()

    return replay
