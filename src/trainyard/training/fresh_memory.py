"""Fresh memory as the system gives it, rather than filled with NaN, while a network of Trainyard's own trains."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from trainyard.config.schema.model import Custom
from trainyard.training.plan import Plan


@contextmanager
def unfilled_memory(plan: Plan) -> Iterator[None]:
    """Spare what torch does with fresh memory where algorithms are deterministic, as before at the end.

    It fills the memory of each new tensor, so that an operator that reads what nobody has written gives the same bits
    nonetheless: a tenth of a step for layers of some hundred units. No operator that the fast engine takes reads such
    memory; a network of the user's own might, and keeps the filling.
    """
    settings: Any = torch.utils.deterministic  # a module whose stub leaves out what it has
    before = settings.fill_uninitialized_memory
    if plan.engine == "fast" and not isinstance(plan.config.network, Custom):
        settings.fill_uninitialized_memory = False
    try:
        yield
    finally:
        settings.fill_uninitialized_memory = before
