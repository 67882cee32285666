"""Every argument of Lightning's Trainer is handed on, stood for by a key, or refused with a reason."""

import inspect

import pytorch_lightning as pl

from trainyard.config.keys import GROUPS, key_variants
from trainyard.config.lightning import INSTEAD, PASSED, WITHOUT_USE


def test_each_argument_has_its_word_and_only_one() -> None:
    known = set(inspect.signature(pl.Trainer.__init__).parameters) - {"self"}
    words = [*PASSED, *INSTEAD, *WITHOUT_USE]
    assert len(set(words)) == len(words)
    assert known <= set(words)


def test_the_keys_to_write_instead_are_there() -> None:
    keys = {word.split("=")[0] for text in INSTEAD.values() for word in text.split() if "=" in word and "." in word}
    assert {key for key in keys if not key.startswith("callbacks.")} <= {*key_variants(), *GROUPS}
