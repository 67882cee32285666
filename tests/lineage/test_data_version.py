from dataclasses import replace

import pytest

from tests.lineage.repositories import commit, dvc, git, write
from trainyard.lineage.data_version import DataVersion, data_record, data_version, data_versions
from trainyard.lineage.folder import path_md5

PATHS = ("data/fish.csv", "data/set", "data/set/a.csv", "data/raw.csv", "data/clean.csv")


def versions(project, *names):
    return data_versions({name: project / name for name in names}, {name: path_md5(project / name) for name in names})


def test_what_is_committed_is_unchanged(made_by_dvc):
    head = git(made_by_dvc, "rev-parse", "HEAD")
    for name, found in versions(made_by_dvc, *PATHS).items():
        assert (found.path, found.tracked, found.changed) == (str(made_by_dvc / name), "dvc", False)
        assert found.digest == found.recorded == found.committed
        assert found.revision == head
    assert data_version(made_by_dvc / "data/raw.csv").stage == "copy"


def test_the_revision_is_the_one_that_wrote_the_md5(project):
    first = git(project, "rev-parse", "HEAD")
    write(project, {"data/fish.csv": "length,weight\n3,4\n"})
    dvc(project, "add", "-q", "data/fish.csv")
    second = commit(project)
    dvc(project, "repro", "-q")
    third = commit(project)
    write(project, {"notes.txt": ""})
    commit(project)
    found = versions(project, *PATHS)
    assert [found[name].revision for name in PATHS] == [second, first, first, third, third]
    assert {version.changed for version in found.values()} == {False}


def test_changed_bytes_differ_and_what_was_added_but_not_committed_differs_still(project):
    write(project, {"data/set/a.csv": "changed"})
    before = data_version(project / "data/set")
    assert (before.changed, before.recorded == before.committed != before.digest) == (True, True)
    assert [data_version(project / "data/set" / name).changed for name in ("a.csv", "ä ö/b.txt")] == [True, False]
    dvc(project, "add", "-q", "data/set")
    after = data_version(project / "data/set")
    assert after == replace(before, recorded=before.digest)
    commit(project)
    assert data_version(project / "data/set").changed is False


def test_what_dvc_tracks_and_git_does_not_know_yet_differs_from_what_is_committed(project):
    git(project, "rm", "-q", "--cached", "data/fish.csv.dvc")
    git(project, "commit", "-q", "-m", "forget")
    found = data_version(project / "data/fish.csv")
    assert (found.tracked, found.committed, found.revision, found.changed) == ("dvc", None, None, True)


def test_without_git_what_is_committed_is_not_known(project, monkeypatch):
    expected = replace(data_version(project / "data/fish.csv"), committed=None, revision=None, changed=None)
    with monkeypatch.context() as without:
        without.setenv("PATH", "")
        assert data_version(project / "data/fish.csv") == expected
    (project / ".git").rename(project / "no git")
    assert data_version(project / "data/fish.csv") == expected


def test_without_dvc_a_file_is_its_bytes(tmp_path):
    write(tmp_path, {"fish.csv": "1\n"})
    assert data_version(tmp_path / "fish.csv") == DataVersion(
        path=str(tmp_path / "fish.csv"), digest="b026324c6904b2a9cb4b88d6d61c81d1"
    )


def test_a_file_whose_folders_list_is_lost_may_have_changed(project):
    (project / ".dvc/cache").rename(project / "lost")
    found = data_version(project / "data/set/a.csv")
    assert (found.tracked, found.recorded, found.changed) == ("dvc", None, None)
    assert found.revision


def test_an_md5_of_dvc_2_that_differs_says_nothing(project):
    pointer = project / "data/fish.csv.dvc"
    pointer.write_text(pointer.read_text().replace("  hash: md5\n", ""))
    commit(project)
    assert data_version(project / "data/fish.csv").changed is False
    write(project, {"data/fish.csv": "length,weight\r\n1,2\r\n"})
    assert data_version(project / "data/fish.csv").changed is None


def test_a_relative_path_is_told_in_full(made_by_dvc, monkeypatch):
    monkeypatch.chdir(made_by_dvc / "data")
    found = versions(made_by_dvc, "data/fish.csv")["data/fish.csv"]
    assert data_version(made_by_dvc / "data" / ".." / "data" / "fish.csv") == found


def test_a_repository_that_is_reached_by_a_link(made_by_dvc, tmp_path):
    (tmp_path / "link").symlink_to(made_by_dvc)
    found = data_version(tmp_path / "link" / "data" / "raw.csv")
    assert (found.changed, found.revision) == (False, git(made_by_dvc, "rev-parse", "HEAD"))


def test_git_is_asked_twice_for_all_files(made_by_dvc, monkeypatch):
    from trainyard.lineage import git as room

    asked = []
    run = room.subprocess.run

    def listen(command, **more):
        asked.append(command[2])
        return run(command, **more)

    monkeypatch.setattr(room.subprocess, "run", listen)
    versions(made_by_dvc, "data/raw.csv", "data/clean.csv")
    assert asked == ["cat-file", "-c"]  # the second is `git -c ... blame`


def test_remembered_digests_can_be_verified(made_by_dvc, tmp_path):
    """What is remembered is used with `memory` and passed over without."""
    path = made_by_dvc / "data/set"
    assert data_version(path, memory=tmp_path).digest == data_version(path).digest
    assert data_version(path, digest="0" * 32).digest == "0" * 32


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ((), ("none", None, None)),
        ((("none", None, None),), ("none", None, None)),
        ((("dvc", "r1", False),), ("dvc", "r1", False)),
        ((("dvc", "r1", False), ("dvc", "r1", True)), ("dvc", "r1", True)),
        ((("dvc", "r1", False), ("dvc", "r2", None)), ("dvc", "r1, r2", None)),
        ((("dvc", "r1", False), ("none", None, None)), ("none", "r1", False)),
    ],
)
def test_several_files_are_told_together(files, expected):
    versions = {
        str(number): DataVersion("p", "d", tracked, revision=revision, changed=changed)
        for number, (tracked, revision, changed) in enumerate(files)
    }
    record = data_record(versions)
    assert (record["tracked"], record["revision"], record["changed"]) == expected
    assert [file["part"] for file in record["files"]] == list(versions)
