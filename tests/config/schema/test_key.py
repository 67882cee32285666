"""How a key is declared."""

from dataclasses import dataclass, fields

import pytest

from trainyard.config.schema.key import key


@dataclass(frozen=True, kw_only=True)
class Oven:
    heat: int = key("how hot", default=180, unit="C", ge=0, lt=300)
    cake: str = key("what for")
    notes: tuple[str, ...] = key("remarks", factory=tuple)


def test_a_key_carries_its_meaning_unit_and_range() -> None:
    heat = fields(Oven)[0].metadata
    assert (heat["doc"], heat["unit"], heat["ge"], heat["gt"], heat["le"], heat["lt"]) == (
        "how hot", "C", 0, None, None, 300,
    )  # fmt: skip


def test_a_key_without_a_default_has_to_be_given() -> None:
    assert Oven(cake="apple") == Oven(heat=180, cake="apple", notes=())
    with pytest.raises(TypeError, match="cake"):
        Oven()
