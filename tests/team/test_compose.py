"""docs/team/compose.yaml: what it starts is pinned, is reached from its own machine alone, and holds no secret."""

import re
import subprocess

import pytest

from tests.checkout import REPOSITORY
from tests.team.servers import COMPOSE, SECRET
from trainyard.config.secrets import is_secret_key

FOLDER = REPOSITORY / "docs" / "team"
SERVICES = COMPOSE["services"]
PINNED = re.compile(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?")
OWN_PORT = re.compile(r"127\.0\.0\.1:\d+:\d+")


def test_every_image_is_pinned():
    images = [service["image"] for service in SERVICES.values()]
    assert [image for image in images if not PINNED.fullmatch(image)] == []
    bases = re.findall(r"^FROM (.*)$", (FOLDER / "Dockerfile").read_text(), flags=re.MULTILINE)
    assert len(bases) == 1
    assert PINNED.fullmatch(bases[0])


def test_what_is_built_has_the_versions_of_the_project():
    text = (FOLDER / "Dockerfile").read_text()
    pins = (REPOSITORY / "constraints.txt").read_text()
    (packages,) = re.findall(r"-m pip install --no-cache-dir -c /tmp/constraints.txt (.*)$", text, flags=re.MULTILINE)
    assert set(packages.split()) == {"mlflow", "psycopg2-binary", "boto3"}
    assert [name for name in packages.split() if f"\n{name}==" not in pins] == []
    for service in SERVICES.values():
        if "build" in service:
            assert (FOLDER / service["build"]["context"]).resolve() == REPOSITORY
            assert (REPOSITORY / service["build"]["dockerfile"]).is_file()
            assert service["pull_policy"] == "build"  # nobody else's image of this name is ever taken


def test_every_port_is_this_machines_own():
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(ports) == 2
    assert [port for port in ports if not OWN_PORT.fullmatch(port)] == []
    assert not any("network_mode" in service for service in SERVICES.values())


def test_there_is_no_secret_in_it():
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if is_secret_key(name) or name.endswith("KEY_ID"):
                assert SECRET.fullmatch(value), name
            assert not re.search(r"://[^/@]*:[^/@]+@", SECRET.sub("", value)), name


@pytest.mark.parametrize(("name", "ignored"), [(".env", True), ("compose.yaml", False), ("Dockerfile", False)])
def test_git_ignores_the_passwords(name, ignored):
    asked = subprocess.run(["git", "check-ignore", "--quiet", f"docs/team/{name}"], cwd=REPOSITORY, check=False)
    assert (asked.returncode == 0) is ignored


def test_volumes_keep_what_the_servers_write():
    kept = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    assert kept == set(COMPOSE["volumes"])
