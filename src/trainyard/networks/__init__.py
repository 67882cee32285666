"""Networks: plain torch modules from numbers and category codes to outputs."""

from trainyard.networks.build import build_network, check_network, seeded_network
from trainyard.networks.inputs import Inputs

__all__ = ["Inputs", "build_network", "check_network", "seeded_network"]
