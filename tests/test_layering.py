"""The floors of the house: an import goes down, and what is heavy is imported where it is at home."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "trainyard"
FLOORS = {
    "errors": 0, "files": 0, "streams": 0,
    "config": 1, "lineage": 1,
    "data": 2, "networks": 2, "tracking": 2,
    "models": 3, "reports": 3, "inference": 3,
    "training": 4, "reproduction": 4, "export": 4,
    "evaluation": 5, "estimators": 5, "explain": 5, "benchmark": 5, "server": 5,
    "verbs": 6, "__main__": 7,
}  # fmt: skip
HEAVY = {"torch", "pytorch_lightning", "mlflow", "pandas", "sklearn", "pyarrow", "matplotlib", "scipy", "torchmetrics"}
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def room(path):
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def name_of(path):
    return path.relative_to(SOURCE).as_posix()


def imports(path, *, top_only=False):
    """Yield the modules that a file imports, at its top level or anywhere; none of those for type checking alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_only else list(ast.walk(tree))
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in nodes:
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_from_floors_below_its_own_or_its_own_room(path):
    rooms = {module.split(".")[1] for module in imports(path) if module.startswith("trainyard.")}
    upwards = {other for other in rooms if other != room(path) and FLOORS[other] >= FLOORS[room(path)]}
    assert upwards == set()


def test_every_room_has_its_floor():
    assert {room(path) for path in MODULES} == set(FLOORS)


@pytest.mark.parametrize(
    "path", [p for p in MODULES if FLOORS[room(p)] in (0, 1, 6, 7) or room(p) == "tracking"], ids=name_of
)
def test_rooms_of_the_commands_first_second_import_nothing_heavy(path):
    assert {module.split(".")[0] for module in imports(path, top_only=True)} & HEAVY == set()


def imported_by(code):
    """Return the packages that are imported after `code` has run in a fresh interpreter."""
    command = [sys.executable, "-c", f"{code}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import trainyard", HEAVY | {"hydra", "numpy"}),
        ("import trainyard.verbs.cli", HEAVY | {"hydra", "numpy"}),
        ("import trainyard.config.compose", HEAVY | {"numpy"}),
        ("import trainyard.tracking.journal, trainyard.tracking.client", HEAVY | {"hydra", "numpy"}),
        ("import trainyard.training.run, trainyard.training.sweep", HEAVY | {"hydra"}),
        ("from trainyard.data.prepare import prepare", HEAVY | {"hydra"}),
        ("import trainyard.reports.process", HEAVY | {"hydra"}),
        ("import trainyard.models, trainyard.training.tested", {"pytorch_lightning", "hydra", "mlflow", "pyarrow"}),
        ("import trainyard.inference", {"pytorch_lightning", "hydra", "mlflow", "sklearn", "matplotlib"}),
        ("import trainyard.training.accelerator", HEAVY - {"torch"} | {"hydra"}),
        ("import trainyard.training.fit", {"scipy", "mlflow", "pandas", "sklearn", "hydra"}),
        ("import trainyard.training.story", {"mlflow", "pandas", "sklearn", "pyarrow", "hydra"}),
    ],
)
def test_what_is_not_needed_is_not_imported(code, absent):
    assert imported_by(code) & absent == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_lightning_comes_from_one_module(path):
    lightning = {"pytorch_lightning", "lightning_fabric", "lightning_utilities", "torchmetrics"}
    found = {module.split(".")[0] for module in imports(path)} & lightning
    assert not found or name_of(path) == "training/lightning_library.py"


def test_every_source_file_has_its_test_file():
    tests = SOURCE.parents[1] / "tests"
    missing = [
        name_of(path)
        for path in MODULES
        if path.name not in ("__init__.py", "__main__.py")
        and not (tests / path.relative_to(SOURCE).parent / f"test_{path.name}").exists()
    ]
    assert missing == []
