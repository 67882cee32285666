"""What the tests of the benchmark share: small cases laid out as the guide does, and rows made up."""

from dataclasses import replace

import pytest

from trainyard.benchmark.engines import Spec
from trainyard.benchmark.rows import Row
from trainyard.benchmark.timing import Timing
from trainyard.benchmark.torch_engine import lay_out
from trainyard.benchmark.workloads import NETWORKS, Workload, simulated_workloads
from trainyard.config.compose import compose
from trainyard.config.schema.model import Mlp
from trainyard.config.schema.run import Config
from trainyard.verbs.benchmark import SIMULATED

GUIDE = Spec("torch")


@pytest.fixture(scope="session")
def simulated_config() -> Config:
    """The config that the networks of the benchmark are put into."""
    return compose([*SIMULATED, "tracking=off"])


@pytest.fixture(scope="session")
def workloads(simulated_config, tmp_path_factory) -> dict[str, Workload]:
    """Workloads on a few simulated rows by the kind of their network, the hidden layers smaller than usual."""
    from trainyard.benchmark import workloads as module

    folder = tmp_path_factory.mktemp("simulated")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ROWS", 512)
        found = simulated_workloads(simulated_config, folder, list(NETWORKS), [16], gpu=False)
    named = {each.config.network.name: each for each in found if each.name != "784-512-256-128-10"}
    small = replace(named["mlp"].config, network=Mlp(hidden=(24, 12)))
    return {**named, "mlp": replace(named["mlp"], name="784-24-12-10", config=small)}


@pytest.fixture
def laid_out(workloads, tmp_path):
    """Make the case of a kind of network at a batch size, with what engines without torch need."""

    def make(kind: str, batch_size: int = 16):
        case = workloads[kind].case(batch_size, tmp_path)
        lay_out(case, GUIDE)
        return case

    return make


@pytest.fixture
def row():
    """Make a row up: kind, speed in rows a second, and whatever else."""

    def make(kind, speed=None, *, size=60, network="784-500-10", device="cpu", threads=1, precision="32", **more):
        spec = Spec(kind, device, threads, precision)
        timing = None if speed is None else Timing((1000 / speed, 1100 / speed, 900 / speed))
        return Row(network, size, spec, 1000, timing, **more)

    return make


class Played:
    """A gate that opens a number of times and counts its closings."""

    def __init__(self, turns: int):
        self.left, self.closed = turns, 0

    def open(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def gate():
    """Make a gate that opens some times."""
    return Played
