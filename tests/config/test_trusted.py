"""Code of one's own: named, trusted, imported late."""

import sys
from pathlib import Path

import pytest

from trainyard.config.trusted import given, resolve_target, target_fault
from trainyard.errors import ConfigError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project root with a package of the user's."""
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "own_code").mkdir()
    (tmp_path / "own_code" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "own_code" / "parts.py").write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    (tmp_path / "own_code" / "broken.py").write_text("import no_such_thing\n", encoding="utf-8")
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("own_code")]:
        del sys.modules[name]


def test_a_function_of_a_trusted_package_is_found_at_the_project_root(project: Path) -> None:
    assert resolve_target("own_code.parts.double", ["own_code"], "model.loss_target")(4) == 8


@pytest.mark.parametrize("trusted", [["own_code.parts"], ["others", "own_code"]])
def test_a_module_or_its_package_may_be_trusted(trusted: list[str]) -> None:
    assert target_fault("own_code.parts.double", trusted, "key") is None


@pytest.mark.parametrize(
    ("name", "trusted", "told"),
    [
        ("os.system", [], "key=os.system: os is not trusted; to run code of it, write trusted=[os]"),
        ("own_code2.parts.double", ["own_code"], "key=own_code2.parts.double: own_code2 is not trusted; "),
        ("double", ["double"], "key=double: must be package.module.name"),
        ("own code.x", ["own code"], "key=own code.x: must be package.module.name"),
    ],
)
def test_what_is_not_trusted_is_told_without_an_import(name: str, trusted: list[str], told: str) -> None:
    before = set(sys.modules)
    assert (target_fault(name, trusted, "key") or "").startswith(told)
    assert set(sys.modules) == before


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("own_code.parts.dubble", "key=own_code.parts.dubble: own_code.parts has no dubble; did you mean double?"),
        ("own_code.missing.x", "key=own_code.missing.x: own_code.missing cannot be imported (ModuleNotFoundError: "),
        ("own_code.broken.x", "key=own_code.broken.x: own_code.broken cannot be imported (ModuleNotFoundError: No "
         "module named 'no_such_thing')."),
        ("elsewhere.x", "key=elsewhere.x: elsewhere is not trusted"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_told(project: Path, name: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        resolve_target(name, ["own_code"], "key")
    assert str(error.value).startswith(told)


def test_what_was_handed_over_in_python_is_asked_for_when_it_is_used() -> None:
    assert target_fault("python.rows", [], "dataset._target_") is None
    with given({"python.rows": 3}):
        assert resolve_target("python.rows", [], "dataset._target_") == 3
    with pytest.raises(ConfigError, match=r"dataset\._target_=python\.rows: was handed over in Python and is not kept"):
        resolve_target("python.rows", [], "dataset._target_")
