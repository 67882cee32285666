"""Rows that were handed over to be trained on, and which of them are kept for validation."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.model_selection import train_test_split

from trainyard.data.table_digest import arrays_md5, table_md5
from trainyard.data.target import Target
from trainyard.estimators.rows import Rows
from trainyard.lineage.digest import bytes_md5, parts_md5


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


def rows_md5(rows: Given, target: Target) -> str:
    """Return the md5 over rows, targets and weights: the same wherever and however often they are handed over."""
    x, y = rows.x, target.y
    parts = {"x": table_md5(x.table) if x.array is None else arrays_md5([x.array]), "y": arrays_md5([y])}
    if target.classes is not None:
        parts["classes"] = bytes_md5(repr(target.classes).encode())
    if rows.weight is not None:
        parts["weight"] = arrays_md5([rows.weight])
    return parts_md5(parts.items())
