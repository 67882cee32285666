import io
import zipfile

import pytest

from tests.lineage.repositories import write
from trainyard.lineage import untracked
from trainyard.lineage.untracked import Source, pack, select


def chosen(top, files, own=()):
    """Which of the files are kept, and the reason for each other one."""
    kept, left_out = select(write(top, files), sorted(files), own=own)
    return set(kept), {name: reason for reason, names in left_out.items() for name in names}


def test_source_and_settings_are_kept_and_all_else_is_named(tmp_path):
    kept, left_out = chosen(tmp_path, {
        "a.py": "", "conf/network/wide.yaml": "", "data/raw.csv.dvc": "", "dvc.lock": "", "run.sh": "", "Makefile": "",
        "deep/b.json": "{}", "data/raw.csv": "", "notes.md": "", "conf/local/default.yaml": "",
        "venv/site-packages/c.py": "", "runs/iris/1/config.yaml": "",
    }, own=[tmp_path])  # fmt: skip
    assert kept == {
        "a.py", "conf/network/wide.yaml", "data/raw.csv.dvc", "dvc.lock", "run.sh", "Makefile", "deep/b.json",
    }  # fmt: skip
    assert left_out == {
        "data/raw.csv": "no source", "notes.md": "no source", "conf/local/default.yaml": "choices of this machine",
        "venv/site-packages/c.py": "installed, or made by tools", "runs/iris/1/config.yaml": "left by runs",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".env", ""), ("prod.env", ""), (".env.yaml", ""), ("server.pem", ""), ("id_rsa", ""),
        ("credentials.json", "{}"), ("service-account.json", "{}"), ("secrets.yaml", ""),
        ("secrets.py", ""), (".aws/config.ini", ""),
        ("conf/db.yaml", "host: x\npassword: hunter22\n"), ("a.json", '{\n  "api_key": "0123456789"\n}'),
        ("a.toml", "access_key = '0123456789'"), ("a.ini", "MY_TOKEN=abcdefgh"),
        ("a.py", "key = '-----BEGIN RSA PRIVATE KEY-----'"), ("a.py", "key = 'AKIAABCDEFGHIJKLMNOP'"),
        ("run.sh", "export MLFLOW_TRACKING_URI=https://ada:lovelace@example.org"),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_stays_where_it_is(tmp_path, name, text):
    assert chosen(tmp_path, {name: text}) == (set(), {name: "may hold a secret"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tokens.py", "token = os.environ['TOKEN']"), ("test_secrets.py", ""),
        ("environment.yaml", "max_tokens: 100000"),
        ("conf/a.yaml", "password: ${oc.env:PASSWORD}\ntoken: null\nsecret: ''\nurl: http://example.org/a@b"),
        ("a.py", "uri = f'postgresql://{user}:{password}@{host}/db'"),
    ],
)  # fmt: skip
def test_what_only_speaks_of_secrets_is_kept(tmp_path, name, text):
    assert chosen(tmp_path, {name: text}) == ({name}, {})


def test_limits_hold_code_before_settings_and_small_before_large(tmp_path, monkeypatch):
    monkeypatch.setattr(untracked, "FILE_LIMIT", 100)
    monkeypatch.setattr(untracked, "TOTAL_LIMIT", 120)
    files = {"huge.py": "x" * 101, "large.py": "x" * 70, "small.py": "x" * 40, "tiny.json": "[]", "b.json": "[1,2,3,4]"}
    kept, left_out = chosen(tmp_path, files)
    assert kept == {"large.py", "small.py", "tiny.json"}
    assert left_out == {"huge.py": "larger than 1 MB", "b.json": "beyond 1000 files or 20 MB together"}
    monkeypatch.setattr(untracked, "COUNT_LIMIT", 1)
    assert chosen(tmp_path, files)[0] == {"small.py"}


def test_links_folders_and_files_that_went_are_left_out(tmp_path):
    (tmp_path / "nested").mkdir()
    (tmp_path / "link.py").symlink_to("/etc/hostname")
    _, left_out = select(tmp_path, ["nested/", "link.py", "gone.py"], own=())
    assert left_out == {"a link": ("link.py",), "cannot be read": ("gone.py",), "no source": ("nested/",)}


def test_equal_sources_are_equal_bytes(tmp_path):
    sources = {"b.py": Source(b"b", False), "run.sh": Source(b"#!", True)}
    packed = pack(sources)
    assert packed == pack(dict(sources))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        entries = [(entry.filename, entry.date_time[0], entry.external_attr >> 16) for entry in archive.infolist()]
    assert entries == [("b.py", 1980, 0o100644), ("run.sh", 1980, 0o100755)]
