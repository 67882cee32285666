from sklearn.base import clone

from trainyard import Classifier

LAYERS = {"dense1": {"type": "Linear", "out_features": 16}}


def test_values_within_mappings_are_got_and_set_by_their_path():
    classifier = Classifier(layers=LAYERS)
    assert classifier.get_params()["layers__dense1__out_features"] == 16
    assert "layers__dense1" not in classifier.get_params(deep=False)
    classifier.set_params(layers__dense1__out_features=4, layers__extra__type="ReLU", lr=0.1)
    assert classifier.layers == {"dense1": {"type": "Linear", "out_features": 4}, "extra": {"type": "ReLU"}}
    assert (classifier.lr, LAYERS["dense1"]["out_features"]) == (0.1, 16)


def test_an_option_given_by_its_word_becomes_a_mapping():
    classifier = Classifier(optimizer="sgd").set_params(optimizer__nesterov=False)
    assert clone(classifier).optimizer == {"name": "sgd", "nesterov": False}
