"""A fitted network as the model that a package holds, so that an estimator predicts as `trainyard.load` does."""

from dataclasses import asdict
from typing import Any

from trainyard.config.schema import Classifier
from trainyard.data.encoding import load_encoder
from trainyard.estimators.fitting import Training
from trainyard.inference.card import build_card
from trainyard.inference.model import Model
from trainyard.models import Regressor
from trainyard.models.calibration import fit_temperature
from trainyard.training.evaluation import outputs


def predictor(training: Training) -> Model:
    """Return the model on the CPU, with weights of its own and a card that says what they are."""
    plan, fitted = training.plan, training.fitted
    card = model_card(training)
    network = fitted.model.network.cpu().eval()
    network.load_state_dict({name: tensor.clone() for name, tensor in network.state_dict().items()}, assign=True)
    return Model(card, network.requires_grad_(False), load_encoder(plan.prepared.preprocessing))


def model_card(training: Training) -> dict[str, Any]:
    """Return what a package says of the model besides its weights."""
    plan, fitted = training.plan, training.fitted
    config, prepared, model = plan.config, plan.prepared, fitted.model
    temperature = None
    if isinstance(config.model, Classifier) and config.model.calibrate:
        validation = outputs(model, plan.open_validation(), config.training.eval_batch_size, plan.device)
        temperature = fit_temperature(*validation)
    return build_card(
        task=prepared.task, model=config.model, network=config.network, inputs=plan.inputs, outputs=plan.outputs,
        preprocessing=prepared.preprocessing, classes=prepared.classes, targets=prepared.targets,
        target_mean=prepared.target_mean, target_scale=prepared.target_scale, precision=plan.device.precision,
        example=prepared.example, metrics={}, lineage={}, temperature=temperature,
        target_powers=[asdict(power) for power in prepared.target_powers],
        quantiles=model.levels if isinstance(model, Regressor) else (), class_counts=prepared.class_counts,
    )  # fmt: skip
