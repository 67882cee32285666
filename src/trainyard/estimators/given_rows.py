"""Rows that were handed over to be trained on, and which of them are kept for validation."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.model_selection import train_test_split

from trainyard.estimators.rows import Rows


@dataclass(frozen=True)
class Given:
    """X, y (N,) or (N, T) as numbers, weights (N,), names of the targets, and the rows held out (n,) if settled."""

    x: Rows
    y: np.ndarray
    weight: np.ndarray | None
    names: tuple[str, ...]
    held_out: np.ndarray | None = None

    def with_validation(self, x: Rows, y: np.ndarray, weight: np.ndarray) -> "Given":
        """Return these rows with others under them that are held out."""
        count = len(self.y)
        both = None if self.weight is None else np.concatenate([self.weight, weight])
        return replace(self, x=self.x.followed_by(x), y=np.concatenate([self.y, y]), weight=both,
                       held_out=np.arange(count, count + len(y)))  # fmt: skip


def hold_out(rows: Given, fraction: float, seed: int, *, stratified: bool) -> np.ndarray:
    """Return the rows (n,) that early stopping looks at, as scikit-learn's networks choose them. Raises ValueError."""
    _, held_out = train_test_split(
        np.arange(len(rows.y)), test_size=fraction, random_state=seed, stratify=rows.y if stratified else None
    )
    chosen: np.ndarray = held_out
    return chosen
