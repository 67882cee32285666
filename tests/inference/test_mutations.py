"""Packages that were altered at random: refused in a sentence, or still the same model."""

import hashlib
import json
import random
import re
import struct

import numpy as np
import pytest

from tests.inference.packages import make_package
from trainyard.inference import PackageError, load
from trainyard.inference.card import card_digest

SEEDS = range(500)  # half of them with digests made anew, so that what lies behind the digests is looked at
WORDS = ["", "x", "regression", "cnn", "float64", "ümläut", "Infinity"]
NUMBERS = [0, -1, 1, 2, 0.5, -0.0, 1e-300, 1e300, 10**12, 2**63, float("nan"), float("inf")]


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Return the files of a package, raw rows, and what the model gives for them."""
    folder = tmp_path_factory.mktemp("whole") / "model"
    _, table = make_package(folder)
    return (folder / "card.json").read_bytes(), (folder / "weights.safetensors").read_bytes(), table, load(folder)


def leaves(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from leaves(each, (*path, name))


def alter_card(card, draw):
    """Change one value somewhere in a card: to another of its kind, to one of another kind, or away."""
    path = draw.choice([path for path in leaves(card) if path and path[0] != "digest"])
    holder = card
    for name in path[:-1]:
        holder = holder[name]
    value, last = holder[path[-1]], path[-1]
    match draw.randrange(4):
        case 0 if isinstance(value, list):
            holder[last] = draw.choice([value[1:], [*value, *value[:1]], value[::-1]])
        case 0 if isinstance(value, str):
            place = draw.randrange(len(value) + 1)
            holder[last] = value[:place] + draw.choice("aZ0.,") + value[place + 1 :]
        case 0 if isinstance(value, int | float):
            holder[last] = type(value)(value * draw.choice([2, -1, 1.5]) + draw.choice([0, 1]))
        case 0 | 1:
            holder[last] = draw.choice([None, True, [], {}, *WORDS, *NUMBERS])
        case 2:
            del holder[last]
        case 3:
            holder[last] = {"value": value}
    return path


def flip(data, draw, start, stop):
    altered = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 8])):
        altered[draw.randrange(start, stop)] ^= 1 << draw.randrange(8)
    return bytes(altered)


def alter(card, weights, draw):
    """Return the bytes of card and weights with something altered, and which of them."""
    header = 8 + struct.unpack("<Q", weights[:8])[0]
    what = draw.choice(["header", "tensors", "card", "values", "values", "length"])
    if what == "header":
        weights = flip(weights, draw, 0, header)
    elif what == "tensors":
        weights = flip(weights, draw, header, len(weights))
    elif what == "card":
        card = flip(card, draw, 0, len(card))
    elif what == "values":
        values = json.loads(card)
        alter_card(values, draw)
        card = json.dumps(values).encode()
    else:
        cut = draw.randrange(len(weights))
        weights = draw.choice([weights[:cut], weights + weights[:cut], weights[cut:]])
    return card, weights, what


def with_new_digests(card, weights):
    try:
        values = json.loads(card)
        values["weights"].update(bytes=len(weights), md5=hashlib.md5(weights).hexdigest())
        values["digest"] = card_digest(values)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return card
    return json.dumps(values).encode()


def loaded_or_refused(folder):
    try:
        return load(folder)
    except PackageError as error:
        return "\n".join(error.faults)


@pytest.mark.parametrize("start", range(0, len(SEEDS), 50))
def test_what_was_altered_is_refused_in_a_sentence_or_predicts_the_same(tmp_path, package, start):
    whole_card, whole_weights, table, whole = package
    expected = whole.predict_proba(table)
    loaded = 0
    for seed in SEEDS[start : start + 50]:
        draw = random.Random(seed)
        card, weights, what = alter(whole_card, whole_weights, draw)
        if seed % 2:
            card = with_new_digests(card, weights)
        (tmp_path / "card.json").write_bytes(card)
        (tmp_path / "weights.safetensors").write_bytes(weights)
        model = loaded_or_refused(tmp_path)
        if isinstance(model, str):
            assert re.fullmatch(r".{20,900}[.)]", model), f"{seed}: {model}"
            continue
        loaded += 1
        rows = model.card["example"] if what in ("card", "values") else table
        wanted = whole.predict_proba(rows) if what in ("card", "values") else expected
        np.testing.assert_allclose(model.predict_proba(rows), wanted, atol=1e-3, err_msg=str(seed))
    assert loaded < 25, "most alterations change something that matters"
