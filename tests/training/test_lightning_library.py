import subprocess
import sys

from lightning_utilities.core import imports

from trainyard.training import lightning_library
from trainyard.training.lightning_library import without_scipy


def printed(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def test_lightning_is_imported_without_scipy_and_scipy_is_there_for_whom_asks_later():
    code = """if True:
        import sys
        from trainyard.training.lightning_library import pl
        print("scipy" in sys.modules, pl.__name__)
        from torchmetrics.utilities.imports import _SCIPY_AVAILABLE
        from torchmetrics import package_available
        print(bool(_SCIPY_AVAILABLE), package_available("scipy"))
    """
    assert printed(code) == ["False", "pytorch_lightning", "True", "True"]


def test_where_scipy_is_imported_already_nothing_is_hidden():
    code = """if True:
        import scipy.signal
        from lightning_utilities.core import imports
        from trainyard.training.lightning_library import without_scipy
        with without_scipy():
            print(imports.package_available("scipy"), scipy.signal.hamming.__name__)
    """
    assert printed(code) == ["True", "hamming"]


def test_only_scipy_is_hidden_and_only_meanwhile(monkeypatch):
    monkeypatch.setattr(lightning_library, "sys", type("sys", (), {"modules": {}}))
    before = imports.package_available
    with without_scipy():
        hidden = [imports.package_available("scipy"), bool(imports.RequirementCache("scipy"))]
        shown = [imports.package_available("torch"), bool(imports.RequirementCache("torch"))]
    assert (hidden, shown) == ([False, False], [True, True])
    assert imports.package_available is before
    assert imports.RequirementCache("scipy")
