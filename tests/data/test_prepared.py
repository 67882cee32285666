import dataclasses

import numpy as np
import pytest

from tests.synthetic import make_part, make_prepared


def test_a_part_has_the_length_of_its_rows():
    assert len(make_part(np.zeros((3, 2)), np.zeros((3, 0)), np.zeros(3))) == 3


def test_a_prepared_dataset_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_prepared().task = "regression"
