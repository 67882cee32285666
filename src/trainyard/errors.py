"""One root error. A message says what happened, where, and what to do; the exit code says whose turn it is."""

from collections.abc import Iterable


class TrainyardError(Exception):
    """Something failed that is not the user's mistake; the command ends with exit code 1."""

    exit_code = 1


class FaultsError(TrainyardError):
    """Mistakes that the user can mend, all that one stage of checks found, in the order to mend them.

    `faults` holds one or two sentences each; the command lists them and ends with exit code 2, without a traceback.
    """

    exit_code = 2
    stage = "input"

    def __init__(self, faults: str | Iterable[str]):
        self.faults = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))


class ConfigError(FaultsError):
    """Choices that cannot be right, known before any data are read or torch is imported."""

    stage = "config"


class AcceleratorError(ConfigError):
    """A device that this machine does not have, known once torch is there to ask."""

    stage = "accelerator"


class DataError(FaultsError):
    """Data that cannot be read or cannot be trained on."""

    stage = "data"


class NetworkError(FaultsError):
    """A network that does not fit its data."""

    stage = "network"
