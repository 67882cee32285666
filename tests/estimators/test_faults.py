import pytest

from trainyard.errors import ConfigError, DataError, NetworkError, TrainyardError
from trainyard.estimators.faults import RowsError, ShapesError, as_value_errors
from trainyard.estimators.settings import ParameterError


@pytest.mark.parametrize(
    ("error", "kind"), [(ConfigError, ParameterError), (DataError, RowsError), (NetworkError, ShapesError)]
)
def test_mistakes_are_value_errors_in_the_words_of_parameters(error, kind):
    with pytest.raises(ValueError, match=r"^lr=3: is much") as caught, as_value_errors():
        raise error("optimizer.lr=3: is much")
    assert type(caught.value) is kind
    assert isinstance(caught.value, error)


def test_failures_stay_what_they_are():
    with pytest.raises(TrainyardError) as caught, as_value_errors():
        raise TrainyardError("the disk is full")
    assert not isinstance(caught.value, ValueError)
