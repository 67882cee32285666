"""Where runs are tracked, as an argument of a verb that takes a run."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trainyard.config.schema.run import Tracking

TRACKING_KEYS = {
    "tracking": "local, server or off (as for a training)",
    "tracking.uri": "address of the server, for tracking=server; else MLFLOW_TRACKING_URI",
}
RUN = "latest, a run's folder, its id, the one of MLflow, or models:/name@alias"


def tracking_of(values: Mapping[str, str]) -> "Callable[[], Tracking]":
    """Return what composes where runs are tracked, by the arguments and one's own conf/; called where it matters.

    Arguments that say so are checked at once, whether it matters or not. Raises ConfigError.
    """

    def compose_tracking() -> "Tracking":
        from trainyard.config.compose import compose

        return compose([f"{key}={value}" for key, value in values.items() if key in TRACKING_KEYS]).tracking

    if TRACKING_KEYS.keys().isdisjoint(values):
        return compose_tracking
    tracking = compose_tracking()
    return lambda: tracking
