"""A network of layers put together in the config."""

from trainyard.networks.layers.network import LayersNetwork

__all__ = ["LayersNetwork"]
