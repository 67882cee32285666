"""The model that is evaluated: the packaged one, with losses and metrics as in training, where it was tested then."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.model import Classifier, Regressor
from trainyard.config.trusted import target_fault
from trainyard.data.target_units import TargetUnits
from trainyard.errors import ConfigError
from trainyard.inference import Model as PackagedModel
from trainyard.inference import PackageError, load
from trainyard.inference.options import model_config
from trainyard.models import Model, make_model
from trainyard.training.accelerator import Device, check_accelerator, open_device

GPU = re.compile(r"GPU \d+:")  # in the description of a CUDA device
ON_GPU = ("tf32", "16-mixed")  # precisions that the CPU does not have


@dataclass(frozen=True)
class Subject:
    """A packaged model and the model around its network that measures; `notes` say what differs from training."""

    packaged: PackagedModel
    model: Model
    device: Device
    batch_size: int
    notes: tuple[str, ...] = ()

    @property
    def temperature(self) -> float | None:
        """What the logits of a calibrated classifier are divided by."""
        temperature: float | None = self.packaged.card["temperature"]
        return temperature


def open_subject(folder: Path, trust: Sequence[str] = ()) -> Subject:
    """Return the model packaged in `folder` (or in its `model/`) on the device, threads and precision of its training.

    Where there is no such device, it is on the CPU. Code of one's own is run from packages in `trust` alone. Raises
    PackageError.
    """
    packaged = load(folder, trust=trust)
    card = packaged.card
    config = model_config(card["model"])
    check_own(config, trust)
    device, notes = _open_device(card)
    model = make_model(
        packaged.network, config, class_counts=card["class_counts"] or (), targets=packaged.targets,
        units=TargetUnits.of_card(card), trusted=tuple(trust),
    )  # fmt: skip
    if device.precision == "bf16-true":
        model.input_dtype = torch.bfloat16
    if card["testing"]["compile"]:
        packaged.network.compile()
    model.to(device.torch)
    return Subject(packaged, model, device, card["testing"]["batch_size"], notes)


def check_own(config: Classifier | Regressor, trust: Sequence[str]) -> None:
    """Raise PackageError for a loss or a metric of one's own from a package that is not trusted."""
    names = [config.loss_target, *(metric._target_ for metric in config.extra_metrics.values())]
    for name in filter(None, names):
        if target_fault(name, trust, "") is not None:
            package = name.split(".")[0]
            raise PackageError(f"The model is measured by {name}, code of one's own. To import and run it, trust its "
                               f"package: trusted=[{package}].")  # fmt: skip


def _open_device(card: Mapping[str, Any]) -> tuple[Device, tuple[str, ...]]:
    """Return the device that the model was tested on, with its threads, and a note where there is none such."""
    made_on = card["lineage"].get("device", {})
    name, threads = str(made_on.get("name", "CPU")), made_on.get("threads", "auto")
    wanted = Accelerator(
        name="gpu" if GPU.search(name) else "mps" if "of this Mac" in name else "cpu",
        threads=threads if type(threads) is int and threads > 0 else "auto",
        precision=card["precision"],
    )  # fmt: skip
    try:
        return open_device(wanted, check_accelerator(wanted), 0.0), ()
    except ConfigError:
        plain = replace(wanted, name="cpu", precision="32" if wanted.precision in ON_GPU else wanted.precision)
        note = f"the model was tested on {name}, which is not here; on the CPU the last digits may differ"
        return open_device(plain, torch.device("cpu"), 0.0), (note,)
