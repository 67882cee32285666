"""Inference: the packaged model, loaded without Hydra, Lightning or pickle."""

from trainyard.inference.load import load
from trainyard.inference.model import Model
from trainyard.inference.package import PackageError, save_package

__all__ = ["Model", "PackageError", "load", "save_package"]
