"""The model of a config around a network."""

from collections.abc import Sequence

from torch import nn

from trainyard.config.schema import model as schema
from trainyard.data.target_units import TargetUnits
from trainyard.models.base import Model
from trainyard.models.classifier import Classifier
from trainyard.models.own import resolve_own
from trainyard.models.regressor import Regressor


def make_model(
    network: nn.Module, config: schema.Classifier | schema.Regressor, *, class_counts: Sequence[int] = (),
    targets: Sequence[str] = (), units: TargetUnits | None = None, trusted: Sequence[str] = (),
) -> Model:  # fmt: skip
    """Return a classifier or a regressor around a network.

    `class_counts` are the training rows of each class, `units` those of the `targets`. Raises ConfigError where a loss
    or a metric of the user's own is not from a `trusted` package.
    """
    own = resolve_own(config, trusted)
    if isinstance(config, schema.Classifier):
        return Classifier(network, config, class_counts, own)
    return Regressor(network, config, targets, units or TargetUnits((0.0,) * len(targets), (1.0,) * len(targets)), own)
