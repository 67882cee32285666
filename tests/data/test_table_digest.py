import datetime

import numpy as np
import pyarrow as pa
import pytest

from trainyard.data.table_digest import arrays_md5, table_md5

BASE = pa.table({"a": [1, 2], "b": ["x", "y"]})


@pytest.mark.parametrize("other", [
    pa.table({"a": [1, 3], "b": ["x", "y"]}), pa.table({"a": [1, 2], "c": ["x", "y"]}),
    pa.table({"a": [1.0, 2.0], "b": ["x", "y"]}), pa.table({"a": [1, 2], "b": ["xy", ""]}),
    pa.table({"b": ["x", "y"], "a": [1, 2]}), pa.table({"a": [2, 1], "b": ["y", "x"]}),
    pa.table({"a": [1, None], "b": ["x", "y"]}), pa.table({"a": [None, 1], "b": ["x", "y"]}),
    pa.table({"a": [1, 2], "b": ["x", None]}), pa.table({"a": [datetime.date(2020, 1, 1)] * 2, "b": ["x", "y"]}),
])  # fmt: skip
def test_digest_sees_values_names_types_order_and_what_is_missing(other):
    assert table_md5(other) != table_md5(BASE)


def test_digest_does_not_see_how_a_table_lies_in_memory():
    pieces = pa.concat_tables([BASE.slice(0, 1), BASE.slice(1)])
    assert table_md5(pieces) == table_md5(BASE) == table_md5(pa.table({"a": np.array([1, 2]), "b": ["x", "y"]}))


def test_digest_of_arrays():
    array = np.arange(6.0).reshape(2, 3)
    others = [array.astype("f4"), array.reshape(3, 2), array + 1, np.array([["a", "b"]])]
    digests = {arrays_md5([other]) for other in [array, *others]} | {arrays_md5([array, array])}
    assert len(digests) == 6
    assert arrays_md5([np.asfortranarray(array)]) == arrays_md5([array.astype(">f8")]) == arrays_md5([array])
