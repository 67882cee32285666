from trainyard.errors import AcceleratorError, ConfigError, DataError, FaultsError, NetworkError, TrainyardError


def test_one_fault_or_many_are_listed_a_line_each():
    assert DataError("one").faults == ("one",)
    assert str(ConfigError(["one", "two"])) == "one\ntwo"


def test_a_mistake_ends_with_2_and_a_failure_with_1():
    assert {kind.exit_code for kind in (FaultsError, ConfigError, AcceleratorError, DataError, NetworkError)} == {2}
    assert TrainyardError.exit_code == 1
    stages = [kind.stage for kind in (ConfigError, AcceleratorError, DataError, NetworkError)]
    assert stages == ["config", "accelerator", "data", "network"]
