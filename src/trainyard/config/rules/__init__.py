"""Choices that are right each by itself but cannot be right together; every fault names the keys to change."""

from trainyard.config.faults import Fault
from trainyard.config.rules import (  # noqa: F401  # each adds its rules
    data,
    fitting,
    layers,
    lightning,
    modelling,
    place,
    splitting,
)
from trainyard.config.rules.rule import RULES
from trainyard.config.schema.run import Config


def find_clashes(config: Config) -> list[Fault]:
    """Return a fault for each rule that the config breaks."""
    return [fault for rule in RULES for fault in rule(config)]
