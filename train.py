"""The front door: composes one training from choices, trains it, tests it and tracks it.

    python train.py                                              handwritten digits, on what this machine has
    python train.py dataset=salmon model=regressor optimizer.lr=0.003
    python train.py -m seed=1,2,3 network.hidden=[64],[128,128]
    python train.py --help                                       everything there is to choose

The choices lie in conf/, an option per file; the work is done in src/trainyard/.
"""

import sys

try:
    from trainyard.__main__ import train
except KeyboardInterrupt:
    sys.exit(130)
except ModuleNotFoundError as error:
    if error.name != "trainyard":
        raise
    sys.exit("train.py: Trainyard is not installed for this Python; `make setup` does it, or `pip install -e .`")

if __name__ == "__main__":
    train()
