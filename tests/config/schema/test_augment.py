"""Augmentation is off unless it is asked for."""

from trainyard.config.schema.augment import ON_IMAGES, Augment
from trainyard.config.schema.declared import keys_of


def test_a_table_has_use_for_the_keys_that_say_so() -> None:
    on_tables = {name for name, key in keys_of(Augment).items() if key.doc.startswith("images and tables:")}
    assert on_tables == set(keys_of(Augment)) - set(ON_IMAGES)
