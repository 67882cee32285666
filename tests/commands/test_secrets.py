"""What a config reads from the environment is nowhere to be found afterwards, whatever its variable is called."""

import pytest

from tests.commands.project import Project

SECRET = "ANOTHERSEC456"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("project"))


def test_a_run_writes_and_says_nothing_of_it(project, tmp_path_factory):
    data = tmp_path_factory.mktemp("data") / SECRET / "houses.csv"
    data.parent.mkdir()
    data.write_text("x,price\n" + "".join(f"{row % 7}.5,{row % 11}.25\n" for row in range(60)))
    done = project.run(
        "dataset=csv", f"dataset.path={data.parent.parent}/${{oc.env:PLACE}}/houses.csv", "dataset.target=price",
        "note='n ${oc.env:PLACE} n'", "tags.a=${oc.env:PLACE}", "tags.hftoken=hunter2222", "training.max_epochs=1",
        "tracking.drain=100", PLACE=SECRET,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    files = [path for path in project.root.rglob("*") if path.is_file()]
    assert {"journal.jsonl", "mlflow.db", "log.txt", "card.json", "meta.json"} <= {path.name for path in files}
    found = [path for path in files for secret in (SECRET, "hunter2222") if secret.encode() in path.read_bytes()]
    assert found == []
    assert f"{data.parent.parent}/***/houses.csv" in done.stdout
    assert SECRET not in done.stdout + done.stderr


def test_a_file_that_is_missing_is_told_without_it(project):
    done = project.run(
        "dataset=csv", "dataset.path=/no/${oc.env:PLACE}/houses.csv", "dataset.target=price", "tracking=off",
        PLACE=SECRET, HYDRA_FULL_ERROR="1",
    )  # fmt: skip
    assert done.returncode == 2
    assert "There is no folder no in / (dataset.path=/no/***/houses.csv)" in done.stderr
    assert SECRET not in done.stdout + done.stderr
