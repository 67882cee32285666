"""Models: classifier and regressor, each around any network."""

from trainyard.models.base import Model
from trainyard.models.classifier import Classifier
from trainyard.models.make import make_model
from trainyard.models.regressor import Regressor

__all__ = ["Classifier", "Model", "Regressor", "make_model"]
