"""The plan of a case for one engine: its device, threads and precision, and a network that draws nothing by chance."""

from dataclasses import replace

from torch import nn

from trainyard.benchmark.case import Case
from trainyard.benchmark.engines import Spec
from trainyard.models import Model
from trainyard.training.accelerator import check_accelerator
from trainyard.training.plan import Plan, plan_run


class SettledPlan(Plan):
    """A plan whose model is the same for every engine: dropout, which each would draw in another way, is off."""

    def build_model(self) -> Model:
        """Return the model with its seeded initial weights and without dropout."""
        model = super().build_model()
        for module in model.network.modules():
            if isinstance(module, nn.modules.dropout._DropoutNd):
                module.p = 0.0
        return model


def settle(case: Case, spec: Spec, rows: int, **training: int) -> SettledPlan:
    """Return the plan of a case on the first `rows` rows; `training` replaces keys of that section."""
    config = case.open_config()
    accelerator = replace(
        config.accelerator, name="gpu" if spec.device == "cuda" else "cpu", precision=spec.precision,
        threads=spec.threads,
    )  # fmt: skip
    config = replace(config, accelerator=accelerator, training=replace(config.training, **training))  # type: ignore[arg-type]
    return SettledPlan(**vars(plan_run(config, case.open_rows(rows), check_accelerator(accelerator))))
