import json
import platform
from importlib.metadata import version

from trainyard.lineage import environment
from trainyard.lineage.environment import installed_packages, read_environment


def test_python_machine_and_packages_are_named(tmp_path):
    found = read_environment(tmp_path)
    assert found["python"] == platform.python_version()
    assert found["packages"]["torch"] == version("torch")
    assert found["cpu"]
    assert found["cores"] >= 1
    assert found["memory_bytes"] > 2**28
    json.dumps(found)


def test_the_list_is_kept_while_no_folder_of_packages_changes(tmp_path, monkeypatch):
    cache = tmp_path / "packages.json"
    packages = installed_packages(cache)
    monkeypatch.setattr(environment, "distributions", list)
    assert installed_packages(cache) == packages
    monkeypatch.setattr(environment, "_state", lambda: {"elsewhere": 1})
    assert installed_packages(cache) == {}


def test_a_damaged_list_is_made_anew(tmp_path):
    cache = tmp_path / "packages.json"
    for text in ("{", "[]", '{"state": 1}'):
        cache.write_text(text)
        assert "torch" in installed_packages(cache)
