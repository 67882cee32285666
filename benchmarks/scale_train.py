"""`python train.py` as it is measured by benchmarks/scale.py: operators are not recorded, and rows are mapped if asked.

A training maps its rows where they would take more than a share of the free memory; TRAINYARD_MAPPED lets that share
be none, which makes a machine with little memory of any.
"""

import os

from trainyard.__main__ import train
from trainyard.training import accelerator, profile

if __name__ == "__main__":
    if os.environ.get("TRAINYARD_MAPPED"):
        accelerator.RESIDENT_SHARE = 0.0
    profile.record_operators = lambda _plan: profile.Operators([])  # type: ignore[assignment]
    train()
