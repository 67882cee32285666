import numpy as np
import pytest

from tests.data.tables import source_of
from trainyard.data.split import Split
from trainyard.data.weights import check_weights, read_weights
from trainyard.errors import DataError


def weights(*values):
    source = source_of({"w": values})
    return read_weights(source.table, "w", source.where)


def test_weights():
    assert weights(1, 0, 2.5).tolist() == [1, 0, 2.5]
    assert read_weights(source_of({"w": [1]}).table, None, str) is None


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ((1, None, None), "2 of 3 rows have no weight in w, first table.csv, row 2. A weight is 0 or more."),
        ((1, 2, -3), "1 of 3 rows has a negative weight in w, first table.csv, row 3. A weight is 0 or more."),
        ((1, float("inf")), "The weights cannot be read. Column w holds inf (table.csv, row 2), which is not a finite "
         "number."),
        (("1", "heavy"), "The weights cannot be read. Column w holds 'heavy' (table.csv, row 2), which is not a "
         "number."),
    ],
)  # fmt: skip
def test_weights_that_cannot_be(values, fault):
    with pytest.raises(DataError) as caught:
        weights(*values)
    assert caught.value.faults == (fault,)


def test_a_part_that_weighs_nothing():
    split = Split(np.array([0]), np.array([1]), np.array([2]), "")
    check_weights(np.array([1.0, 2.0, 3.0]), "w", split)
    check_weights(None, None, split)
    with pytest.raises(DataError, match=r"^All rows of val and test weigh 0 by w\. Choose another split or"):
        check_weights(np.array([1.0, 0.0, 0.0]), "w", split)
