"""Lightning, imported here and nowhere else, so that scipy is not.

torchmetrics, which Lightning imports, imports scipy.signal to give a window an old name, under which an audio package
(SRMRpy) looks for it. That takes half a second and 60 MiB in every process that trains. torchmetrics asks whether scipy
is there, and is told no while it is imported; its metrics that compute with scipy ask again when they are used.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from lightning_utilities.core import imports

SCIPY = "scipy"


@contextmanager
def without_scipy() -> Iterator[None]:
    """Have libraries of the Lightning family find no scipy; where it is imported already there is nothing to spare."""
    if SCIPY in sys.modules:
        yield
        return
    is_there, is_met = imports.package_available, imports.RequirementCache.__bool__
    hidden = [SCIPY]
    with (
        patch.object(imports, "package_available", lambda name: name not in hidden and is_there(name)),
        patch.object(imports.RequirementCache, "__bool__", lambda asked: asked.requirement != SCIPY and is_met(asked)),
    ):
        try:
            yield
        finally:
            hidden.clear()  # the libraries keep the function


with without_scipy():
    import pytorch_lightning as pl
    from lightning_fabric.plugins.environments.lightning import LightningEnvironment

__all__ = ["LightningEnvironment", "pl"]
