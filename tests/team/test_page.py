"""docs/team.md: each command is run as typed, in a fresh clone, against servers of this machine."""

import hashlib
from pathlib import Path

import pytest
import yaml

from tests.checkout import REPOSITORY
from tests.team.servers import SECRET
from tests.test_readme import FENCE, Clone
from tests.tracking.runs import in_mlflow
from tests.tracking.test_client import wait_for

PAGE = FENCE.findall((REPOSITORY / "docs" / "team.md").read_text(encoding="utf-8"))
BLOCKS = [text for language, text in PAGE if language == "bash"]
ELSEWHERE = [text for language, text in PAGE if language == "sh"]
PERSON = {
    "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@localhost", "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@localhost", "DVC_NO_ANALYTICS": "1",
}  # fmt: skip
# a block goes on where the one before it was, with the variables that it exported
STEP = """
test ! -f "$STATE/exports" || . "$STATE/exports"
test ! -f "$STATE/folder" || cd "$(cat "$STATE/folder")"
{}
export -p > "$STATE/exports"
pwd > "$STATE/folder"
"""


def test_all_but_docker_and_ssh_is_run_here():
    assert len(BLOCKS) >= 12
    assert {line.split()[0] for text in ELSEWHERE for line in text.splitlines()} == {"docker", "ssh"}
    assert [language for language, _ in PAGE if language not in ("bash", "sh")] == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_commands_run_as_typed_and_data_and_runs_arrive(servers, far, s3, tmp_path):
    clone = Clone(tmp_path / "clone")
    env = PERSON | servers.keys | {"HOME": str(tmp_path), "STATE": str(tmp_path)}
    for block in ("git init --quiet && git add . && git commit --quiet --message all", *BLOCKS):
        ended = clone.run(STEP.format(servers.on_this_machine(block)), **env)
        assert ended.returncode == 0, block + ended.stdout + ended.stderr
        wait_for(lambda: not list(tmp_path.glob("*/.trainyard/pending/*.json")), 60.0)  # MLflow has what it trained

    passwords = clone.root / "docs" / "team" / ".env"
    wanted = set(SECRET.findall((REPOSITORY / "docs" / "team" / "compose.yaml").read_text(encoding="utf-8")))
    assert {line.partition("=")[0] for line in passwords.read_text().splitlines()} == wanted
    assert passwords.stat().st_mode & 0o077 == 0

    data = clone.root / "data"
    md5 = md5_of(data / "wine.csv")
    assert yaml.safe_load((data / "wine.csv.dvc").read_text())["outs"][0]["md5"] == md5
    for copy in ("colleague/data/wine.csv", "other-colleague/data/wine.csv", "without-git/wine.csv"):
        assert md5_of(tmp_path / copy) == md5
    stored = f"files/md5/{md5[:2]}/{md5[2:]}"
    assert md5_of(tmp_path / "share" / "dvc" / stored) == md5
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="dvc")["Contents"]] == [stored]

    for experiment in ("iris", "wine"):
        (run,) = in_mlflow(far, experiment)
        assert (run["status"], len(run["models"])) == ("FINISHED", 1)

    committed = clone.run("git log --all --patch -- .dvc docs").stdout
    secrets = [line.partition("=")[2] for line in passwords.read_text().splitlines()] + list(servers.keys.values())
    assert "s3://dvc" in committed
    assert [secret for secret in secrets if secret in committed] == []


def md5_of(file: Path) -> str:
    return hashlib.md5(file.read_bytes()).hexdigest()
