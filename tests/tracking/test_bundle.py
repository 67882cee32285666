"""The source that travels with a model: what serving imports, and no more."""

from pathlib import Path

import trainyard
from trainyard.tracking.bundle import copy_bundle, needed_files


def test_imports_are_followed_wherever_they_stand(tmp_path):
    package = tmp_path / "trainyard"
    texts = {
        "__init__.py": "",
        "inference/__init__.py": "",
        "inference/serving.py": "import os\nimport pandas\nfrom trainyard.data.encode import Encoder\n",
        "data/__init__.py": "",
        "data/encode.py": "def f():\n    from trainyard import errors\n    import trainyard.networks.build\n",
        "data/other.py": "import torch\n",
        "errors.py": "",
        "networks/__init__.py": "from trainyard.networks.mlp import Mlp\n",
        "networks/build.py": "",
        "networks/mlp.py": "from trainyard.networks import build\n",
        "training/__init__.py": "",
        "training/run.py": "",
    }
    for name, text in texts.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    needed = {file.relative_to(package).as_posix() for file in needed_files(package)}
    assert set(texts) - needed == {"data/other.py", "training/__init__.py", "training/run.py"}
    copy_bundle(package, tmp_path / "copy")
    assert (tmp_path / "copy" / "data" / "encode.py").read_text() == texts["data/encode.py"]


def test_bundle_of_trainyard_holds_networks_and_no_training():
    package = Path(trainyard.__file__).parent
    rooms = {file.relative_to(package).parts[0] for file in needed_files(package)}
    assert {"inference", "networks", "data", "errors.py"} <= rooms
    assert rooms.isdisjoint({"training", "tracking", "verbs", "models", "reports"})
