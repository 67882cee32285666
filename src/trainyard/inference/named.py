"""A model by whatever a person calls it or its run."""

from collections.abc import Sequence
from pathlib import Path

from trainyard.inference.load import load as load_package
from trainyard.inference.load import package_folder
from trainyard.inference.model import Model
from trainyard.inference.package import CARD


def load(name: Path | str, *, trust: Sequence[str] = ()) -> Model:
    """Return a packaged model, ready to predict.

    `name` is its folder, or that of its run; or the run is named: latest, the id at the end of its folder's name, its
    id in MLflow, models:/name@alias or models:/name/version. A network of one's own is imported and run where `trust`
    names its package. Raises PackageError for a package that is not whole, ConfigError where there is no such run.
    """
    if (package_folder(Path(name).expanduser()) / CARD).is_file():
        return load_package(Path(name).expanduser(), trust=trust)
    from trainyard.config.root import project_root
    from trainyard.tracking.open_run import open_run  # what a folder does not need

    with open_run(str(name), project_root()) as run:
        return load_package(run.folder, trust=trust)
