"""Whether a model gives, for the rows on its card, the numbers that it gave when it was packaged.

Digests tell that a file was altered; this tells that a model computes what it did, whoever wrote its digests anew, and
whatever code of the user's own it runs.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from trainyard.inference.forward import Forward
from trainyard.inference.package import PackageError
from trainyard.inference.restore import restore_network

if TYPE_CHECKING:
    from trainyard.inference.model import Model

TOLERANCE = {"bf16-mixed": 0.05, "bf16-true": 0.05}  # relative; machines round in 8 bits differently
OTHERS = 1e-4  # of the largest output, which 32 bits reach with room to spare
ABSOLUTE = 1e-6


def probe_outputs(
    card: Mapping[str, Any], tensors: Mapping[str, Tensor], x: Sequence[Sequence[float]],
    codes: Sequence[Sequence[int]], trust: Sequence[str] = (),
) -> list[list[float]]:  # fmt: skip
    """Return the raw outputs for the rows of `probe_rows`, given as the network sees them, x (n, F) and codes (n, C).

    Raises PackageError where the network cannot be restored from the card.
    """
    dtype = "float64" if card["precision"] == "64" else "float32"
    numbers = np.array(x, dtype).reshape(len(x), card["inputs"]["numeric"])
    categories = np.array(codes, np.int32).reshape(len(x), len(card["inputs"]["category_sizes"]))
    found: list[list[float]] = Forward(card, restore_network(card, tensors, trust))(numbers, categories).tolist()
    return found


def check_outputs(model: "Model") -> None:
    """Raise PackageError where a model does not give what its card says for the example and a row of missing values."""
    from trainyard.data.example import probe_rows  # and with it pyarrow, which packaging does not need

    card = model.card
    expected = np.array(card["probe_outputs"], np.float64).reshape(-1, card["outputs"])
    rows = probe_rows(card["example"], model.columns) if len(expected) else []
    found = model.outputs(rows)
    allowed = TOLERANCE.get(card["precision"], OTHERS) * np.abs(expected).max(initial=0) + ABSOLUTE
    if found.shape != expected.shape or not bool((np.abs(found - expected) <= allowed).all()):
        raise PackageError("The model gives other numbers for the rows on its card than when it was packaged. It was "
                           "altered, or code of one's own that it runs has changed; package it again.")  # fmt: skip
