from trainyard.estimators.own_code import OwnCode


def own():
    """Stand for code of one's own."""


def test_what_is_handed_over_gets_its_own_name_and_names_stay():
    code = OwnCode()
    assert code.named("mine.networks.Net") == "mine.networks.Net"
    assert code.named(own) == "tests.estimators.test_own_code.own"
    assert code.objects == {"tests.estimators.test_own_code.own": own}


def test_things_of_one_name_are_told_apart():
    code = OwnCode()
    names = [code.named(function) for function in [(lambda value=value: value) for value in range(2)]]
    assert len({*names}) == 2
    assert all(part.isidentifier() for name in names for part in name.split("."))
    assert [code.objects[name]() for name in names] == [0, 1]


def test_a_reference_says_what_a_mapping_says_besides():
    given = {"_target_": own, "arguments": {"width": 3}}
    name = "tests.estimators.test_own_code.own"
    assert OwnCode().reference(given, name="custom") == {
        "_target_": name, "arguments": {"width": 3}, "name": "custom"}  # fmt: skip
