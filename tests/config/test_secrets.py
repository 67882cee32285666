"""What must not be written down."""

import pytest

from trainyard.config.keys import key_variants
from trainyard.config.secrets import (
    READ_VARIABLES,
    environment_value,
    is_secret_key,
    mask_text,
    mask_texts,
    masked_command,
    masked_overrides,
)


@pytest.mark.parametrize(
    "key",
    ["password", "tags.api_key", "tags.apiKey", "MLFLOW_TRACKING_TOKEN", "tags.my-secret", "db.passwd", "credentials",
     "AWS_SECRET_ACCESS_KEY", "tags.private_key", "auth", "tokens", "passwords", "dbpassword", "mysecret", "hftoken",
     "bearer", "openai_key", "hfToken", "OPENAI_API_KEYS", "ssh-key", "client_secrets", "apikey", "token_2"],
)  # fmt: skip
def test_a_key_that_names_a_secret_is_known(key: str) -> None:
    assert is_secret_key(key)


@pytest.mark.parametrize(
    "key",
    ["seed", "tokenizer", "tokenized", "monkey", "keyboard", "primary_key", "sort_key", "secretary", "secretion_rate",
     "dataset.columns.token.kind", "author", "authored_by", "forbearer"],
)  # fmt: skip
def test_other_keys_are_none(key: str) -> None:
    assert not is_secret_key(key)


def test_no_key_of_the_schema_is_one() -> None:
    assert [key for key in key_variants() if is_secret_key(key)] == []


def test_passwords_in_addresses_are_masked() -> None:
    assert mask_text("at http://me:hunter22@host:5000/x?y=a@b") == "at http://***@host:5000/x?y=a@b"
    assert mask_text("http://host/me@x") == "http://host/me@x"


def test_values_of_secret_variables_are_masked_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_PASSWORD", "hunter22")
    monkeypatch.setenv("MY_PLACE", "innocent")
    monkeypatch.setenv("PWD", "innocent")
    monkeypatch.setenv("SHORT_TOKEN", "abc")
    assert mask_text("abc hunter22 innocent") == "abc *** innocent"


def test_values_that_a_config_read_are_masked_whatever_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(READ_VARIABLES, raising=False)
    values = {"PLACE": "/data/plain//houses", "SHORT": "abc", "HOME": "/home/ann", "UNREAD": "unread"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    for name in ("PLACE", "SHORT", "HOME"):
        environment_value(name)
    assert mask_text("/data/plain//houses abc /home/ann unread") == "*** abc /home/ann unread"
    assert mask_text("/data/plain/houses/x.csv") == "***/x.csv"
    nested = {"a": ["in /data/plain/houses", 1], "b": {"c": None}}
    assert mask_texts(nested) == {"a": ["in ***", 1], "b": {"c": None}}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("tags.password=hunter22", "tags.password=***"),
        ("++tags.api_key='hunter22'", "++tags.api_key=***"),
        ("tags={password: hunter22, owner: me}", "tags={password: ***, owner: me}"),
        ("tracking.uri=http://me:hunter22@host", "tracking.uri=http://***@host"),
        ("tracking.uri=http://host:5000", "tracking.uri=http://host:5000"),
        ("tags.token=", "tags.token="),
        ("-m", "-m"),
        ("seed=1", "seed=1"),
    ],
)
def test_overrides_are_shown_without_secrets(typed: str, shown: str) -> None:
    assert masked_overrides([typed]) == [shown]


def test_a_command_line_can_be_pasted_again() -> None:
    assert masked_command(["note=two words", "network.hidden=[64]"]) == "'note=two words' 'network.hidden=[64]'"
