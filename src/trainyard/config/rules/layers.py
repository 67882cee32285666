"""Rules about the layers of network=layers: what the training gives them and where they compute."""

from trainyard.config.rules.rule import Clashes, clash, rule
from trainyard.config.schema.model import Layers
from trainyard.config.schema.run import Config


@rule
def _layers_have_rows_to_normalize(config: Config) -> Clashes:
    name = batch_normalized(config.network) if isinstance(config.network, Layers) else None
    if name is not None and config.training.batch_size == 1:
        yield clash(f"network.layers.{name}.type=BatchNorm1d: needs two rows in a minibatch, but "
                     "training.batch_size=1", f"network.layers.{name}.type", "training.batch_size")  # fmt: skip


@rule
def _weights_lie_together_where_they_are_penalized(config: Config) -> Clashes:
    layers = config.network.layers if isinstance(config.network, Layers) else {}
    for name, layer in layers.items():
        if config.accelerator.name == "fsdp" and layer.get("regularization"):
            key = f"network.layers.{name}.regularization"
            yield clash(f"{key}: accelerator=fsdp spreads the weights over processes; take accelerator=ddp_gpu, or "
                         "optimizer.weight_decay", key, "accelerator")  # fmt: skip


def batch_normalized(network: Layers) -> str | None:
    """Return the first layer that normalizes over the rows of a minibatch alone, else None."""
    return next((name for name, layer in network.layers.items() if layer.get("type") == "BatchNorm1d"), None)
