import hashlib
import json
import shutil
import subprocess
import sys

import pytest

from tests.lineage.repositories import dvc, write
from trainyard.lineage.dvc_record import find_record, read_record
from trainyard.lineage.folder import folder_md5


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def pointer(path="fish.csv", digest="a" * 32, more="  hash: md5\n"):
    return f"outs:\n- md5: {digest}\n  size: 3\n{more}  path: {path}\n"


@pytest.fixture
def plain(tmp_path):
    """A DVC repository without git, with nothing tracked yet."""
    return write(tmp_path, {".dvc/config": "", "data/fish.csv": "1\n"})


def test_a_file_beside_its_pointer(made_by_dvc):
    found = find_record(made_by_dvc / "data/fish.csv")
    assert (found.file, found.stage, found.inside) == (made_by_dvc / "data/fish.csv.dvc", None, "")
    assert found.md5 == found.named_md5 == md5("length,weight\n1,2\n")
    assert found.same_rules
    assert found.md5 in found.file.read_text().splitlines()[found.line - 1]


def test_files_and_folders_in_a_tracked_folder(made_by_dvc):
    folder = made_by_dvc / "data/set"
    assert find_record(folder).md5 == folder_md5(folder)
    file = find_record(folder / "ä ö/deep/日本.bin")
    assert (file.inside, file.md5, file.named_md5) == ("ä ö/deep/日本.bin", md5("3\n"), folder_md5(folder))
    assert find_record(folder / "ä ö").md5 == folder_md5(folder / "ä ö")
    assert find_record(folder / "z.tmp").md5 is None  # ignored


def test_the_out_of_a_stage_is_found_whatever_folder_it_works_in(made_by_dvc):
    raw, clean = find_record(made_by_dvc / "data/raw.csv"), find_record(made_by_dvc / "data/clean.csv")
    assert (raw.stage, clean.stage) == ("copy", "clean")
    assert raw.file == clean.file == made_by_dvc / "dvc.lock"
    assert raw.md5 == clean.md5 == md5("length,weight\n1,2\n")
    assert raw.line != clean.line


def test_what_dvc_does_not_track_has_no_record(made_by_dvc, tmp_path):
    assert find_record(made_by_dvc / "dvc.yaml") is None
    assert find_record(made_by_dvc / "data/elsewhere.csv") is None
    assert find_record(tmp_path / "data.csv") is None


def test_without_the_list_of_a_folder_its_files_have_no_md5(project):
    shutil.rmtree(project / ".dvc/cache")
    found = find_record(project / "data/set/a.csv")
    assert (found.inside, found.md5) == ("a.csv", None)
    assert found.named_md5.endswith(".dir")


@pytest.mark.parametrize("config", ["config", "config.local"])
def test_a_cache_elsewhere_is_found(project, config):
    (project / ".dvc/cache").rename(project / "shared")
    with (project / ".dvc" / config).open("a") as file:
        file.write("[cache]\n    dir = ../shared\n    type = symlink\n")
    assert find_record(project / "data/set/a.csv").md5 == md5("1\n")


def test_a_folder_whose_files_are_written_out_as_for_versioned_clouds(plain):
    listed = [{"relpath": "a", "md5": md5("1")}, {"relpath": "b/c", "md5": md5("2")}]
    files = "".join(f"  - relpath: {one['relpath']}\n    md5: {one['md5']}\n    version_id: x\n" for one in listed)
    write(plain, {"data.dvc": f"outs:\n- path: data\n  hash: md5\n  files:\n{files}"})
    entries = [{"md5": one["md5"], "relpath": one["relpath"]} for one in listed]
    found = find_record(plain / "data")
    assert (found.md5, found.same_rules) == (f"{md5(json.dumps(entries))}.dir", True)
    assert find_record(plain / "data/b/c").md5 == md5("2")


def test_stages_of_a_loop_work_in_the_folder_of_the_loop(plain):
    lock = "schema: '2.0'\nstages:\n  get@a:\n    outs:\n    - path: fish.csv\n      hash: md5\n      md5: 0b123\n"
    for wdir in ("    wdir: data\n    matrix: {x: [a]}\n", "    foreach: [a]\n    do:\n      wdir: data\n"):
        write(plain, {"dvc.lock": lock, "dvc.yaml": f"stages:\n  get:\n{wdir}"})
        assert find_record(plain / "data/fish.csv").md5 == "0b123"
    write(plain, {"dvc.yaml": "stages:\n  get:\n    wdir: ${folder}\n"})
    assert find_record(plain / "data/fish.csv") is None


def test_a_pointer_may_work_in_another_folder(plain):
    write(plain, {"data/fish.csv.dvc": f"wdir: ..\n{pointer('data/fish.csv')}"})
    assert find_record(plain / "data/fish.csv").md5 == "a" * 32


def test_the_nearest_file_counts(plain):
    write(plain, {"data.dvc": pointer("data"), "data/fish.csv.dvc": pointer(digest="b" * 32)})
    assert find_record(plain / "data/fish.csv").md5 == "b" * 32


def test_an_entry_of_dvc_2_has_other_rules(plain):
    write(plain, {"data/fish.csv.dvc": pointer(more="")})
    assert not find_record(plain / "data/fish.csv").same_rules


def test_another_text_of_the_same_file(plain):
    """As for a file that is read from git's history."""
    file = plain / "data/fish.csv.dvc"
    assert read_record(pointer().encode(), file, plain / "data/fish.csv").md5 == "a" * 32
    assert read_record(b"", file, plain / "data/fish.csv") is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "outs: 3", "outs: [3]", "outs: [{path: fish.csv}]", "outs: [{path: fish.csv, md5: [3]}]", "\0",
     "outs: [{path: fish.csv, files: []}]", "outs: [{path: fish.csv, files: [3]}]", "stages: {a: 3}"],
)  # fmt: skip
def test_damaged_files_of_dvc_are_passed_over(plain, text):
    write(plain, {"data/fish.csv.dvc": text, "data/dvc.lock": text, "data/dvc.yaml": f"# wdir\n{text}"})
    (plain / ".dvc/config").write_text(f"{text}\n[")
    assert find_record(plain / "data/fish.csv") is None


def test_dvc_itself_is_not_imported(made_by_dvc):
    code = (
        "import sys; from pathlib import Path; from trainyard.lineage.dvc_record import find_record;"
        f"assert find_record(Path({str(made_by_dvc / 'data/fish.csv')!r})); print('dvc' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_in_a_stage_the_deps_of_its_own_are_those_of_the_run_before(project):
    """What facts say of `dvc repro`, held here: outs are read, so what stands under deps does not count."""
    write(project, {"data/fish.csv": "length,weight\n3,4\n"})
    check = (
        "from pathlib import Path; from trainyard.lineage.dvc_record import find_record;"
        "print(find_record(Path('data/raw.csv')).md5, file=open('seen', 'w'))"
    )
    write(project, {"check.py": check})
    text = (project / "dvc.yaml").read_text()
    write(project, {"dvc.yaml": text.replace("cp data/raw.csv", f"{sys.executable} check.py && cp data/raw.csv")})
    dvc(project, "add", "-q", "data/fish.csv")
    dvc(project, "repro", "-q")
    assert (project / "seen").read_text().strip() == md5("length,weight\n3,4\n")
