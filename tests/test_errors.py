from trainyard.errors import ConfigError, DataError, FaultsError, NetworkError, TrainyardError


def test_one_fault_or_many_are_listed_a_line_each():
    assert DataError("one").faults == ("one",)
    assert str(ConfigError(["one", "two"])) == "one\ntwo"


def test_a_mistake_ends_with_2_and_a_failure_with_1():
    assert {kind.exit_code for kind in (FaultsError, ConfigError, DataError, NetworkError)} == {2}
    assert TrainyardError.exit_code == 1
    assert [kind.stage for kind in (ConfigError, DataError, NetworkError)] == ["config", "data", "network"]
