"""What the faster ways cost in accuracy: best losses of validation by seeds, beside those of plain 32 bits.

A round is a seed. The sides have the same rows, initial weights and order, so that a ratio tells the ways apart; the
spread of one side over the seeds is what chance alone does.
"""

import torch

from benchmarks.digits import prepared as digits
from benchmarks.harness import Claim, Measured, Result, judge
from benchmarks.simulated import config, prepared
from trainyard.config.compose import compose
from trainyard.config.schema.run import Config
from trainyard.data.prepared import Prepared
from trainyard.training.fit import fit
from trainyard.training.plan import plan_run

AUTO, PLAIN = "trainyard", "trainyard, precision=32"
PLAINLY = ("accelerator.precision=32", "accelerator.layout=contiguous")
COMMON = ("model=classifier", "accelerator=cpu", "accelerator.threads=1", "tracking=off")
WIDE = ("network=mlp", "network.hidden=[512,512]", "training.batch_size=128", "training.max_epochs=15")
IMAGES = ("network=cnn", "training.batch_size=64", "training.max_epochs=4")
BOUND = 1.03  # of the loss


def run(rounds: int) -> tuple[str, Measured, list[Result]]:
    """Train a wide network on the digits and a convolutional one on simulated images; losses stand for seconds."""
    torch.set_num_threads(1)
    measured: dict[str, list[float]] = {}
    for seed in range(rounds):
        for side, more in ((AUTO, ()), (PLAIN, PLAINLY)):
            chosen = (*more, f"seed={seed}")
            wide = compose(["dataset=digits", *COMMON, *WIDE, *chosen])
            measured.setdefault(f"{side}: digits, wide", []).append(best_loss(wide, digits()))
            images = config(2_000, 16, *IMAGES, *chosen, channels=3)
            measured.setdefault(f"{side}: images", []).append(best_loss(images, prepared(images)))
    claims = [
        Claim(f"loss of the {what} / in 32 bits", f"{AUTO}: {what}", f"{PLAIN}: {what}", BOUND, cost=True)
        for what in ("digits, wide", "images")
    ]
    return f"Losses over {rounds} seeds, in thousandths", measured, judge(claims, measured)


def best_loss(made: Config, rows: Prepared) -> float:
    """Return the loss of validation of the best epoch, measured in 32 bits."""
    fitted = fit(plan_run(made, rows, torch.device("cpu")))
    return fitted.member.best_value or float("nan")
