"""A fitted network as the model that a package holds, so that an estimator predicts as `trainyard.load` does."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import Tensor

from trainyard.config.schema.model import Classifier
from trainyard.data.encoding import load_encoder
from trainyard.data.prepared import Prepared
from trainyard.errors import ConfigError
from trainyard.estimators.fitting import Training
from trainyard.estimators.settings import ParameterError
from trainyard.inference.build_card import build_card
from trainyard.inference.model import Model
from trainyard.inference.named import load
from trainyard.inference.package import kept_tensors, save_package
from trainyard.inference.probe import probe_outputs
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


def write_package(model: Model, prepared: Prepared, trusted: Sequence[str], folder: Path) -> None:
    """Write a model of `predictor` as a package; `prepared` is what it was made for, with or without its rows."""
    tensors = kept_tensors(model.network.state_dict())
    probes = probe_outputs(dict(model.card), tensors, prepared.probe_x, prepared.probe_codes, trusted)
    save_package(folder, state=tensors, card={**model.card, "probe_outputs": probes})


def weights_of(source: Any) -> Mapping[str, Tensor] | None:
    """Return weights by name: those given so, those of a fitted estimator, or of a run or package as `load` names it.

    Raises ParameterError for what is none of these, PackageError and ConfigError where there is no such run.
    """
    if source is None or isinstance(source, Mapping):
        return source
    if not hasattr(source, "model_") and not isinstance(source, str | Path):
        kind = type(source).__name__
        if hasattr(source, "get_params"):
            raise ParameterError(f"initial_weights: is a {kind} that is not fitted, as all are that scikit-learn has "
                                 f"cloned. Give it as sklearn.frozen.FrozenEstimator(...), or saved.")  # fmt: skip
        raise ParameterError(f"initial_weights: is of the type {kind}; give a fitted estimator, a run, the folder of a "
                             "package or a state dict.")  # fmt: skip
    try:
        network = source.model_.network if hasattr(source, "model_") else load(source).network
    except ConfigError as error:
        raise ParameterError([fault.replace("run=", "initial_weights=", 1) for fault in error.faults]) from None
    state: Mapping[str, Tensor] = network.state_dict()
    return state
