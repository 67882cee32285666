"""Words of other libraries, and mistyped ones."""

import pytest

from trainyard.config.layers.names import (
    OTHER_ARGUMENTS,
    OTHER_INITIALIZERS,
    OTHER_TYPES,
    nearest_type,
    wrong_argument,
    wrong_initializer,
    wrong_type,
)
from trainyard.config.layers.types import initializers, layer_types
from trainyard.config.schema.declared import keys_of
from trainyard.config.schema.layers import LayerKeys

TYPES = {
    "DenseLayer": "Linear", "Conv2DLayer": "Conv2d", "MaxPool2DLayer": "MaxPool2d", "relu": "ReLU", "Dense": "Linear",
    "BatchNormLayer": "BatchNorm1d", "ConcatLayer": "Merge", "ElemwiseSumLayer": "Merge", "MaxPooling2D": "MaxPool2d",
    "GlobalAveragePooling2D": "AdaptiveAvgPool2d", "LSTMLayer": "LSTM", "DropoutLayer": "Dropout", "Lineer": "Linear",
    "TransposedConv2DLayer": "ConvTranspose2d", "Activation": "ReLU", "SimpleRNN": "RNN", "FlattenLayer": "Flatten",
}  # fmt: skip


@pytest.mark.parametrize(("word", "meant"), TYPES.items())
def test_a_word_of_another_library_leads_to_the_layer(word: str, meant: str) -> None:
    assert nearest_type(word) == meant
    assert wrong_type(word) == f"no such layer; did you mean {meant}?"


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("CrossEntropyLoss", "is a loss; model.loss chooses that"),
        ("Sequential", "holds other layers; name each of them in network.layers"),
        ("LazyLinear", "needs no lazy form, since sizes are found out; write Linear"),
        ("MaxUnpool2d", "needs the places that a pooling has taken its values from; take Upsample or ConvTranspose2d"),
        ("FractionalMaxPool2d", "draws at random in predicting, too; take MaxPool2d or AdaptiveMaxPool2d"),
        ("RNNBase", "is a base class; take RNN, LSTM or GRU"),
        ("SyncBatchNorm", "needs several processes; take BatchNorm1d, BatchNorm2d or BatchNorm3d"),
        ("InputLayer", "no such layer; what a network takes is there by itself: row, numbers, categories and image"),
        ("Quux", "no such layer of torch.nn, nor Merge or Permute"),
    ],
)
def test_what_is_no_layer_is_refused_with_the_way_out(word: str, words: str) -> None:
    assert wrong_type(word) == words


@pytest.mark.parametrize(
    ("type_", "word", "words"),
    [
        ("Linear", "out_featres", "did you mean out_features?"),
        ("Linear", "num_units", "did you mean out_features?"),
        ("LSTM", "num_units", "did you mean hidden_size?"),
        ("Conv2d", "filters", "did you mean out_channels?"),
        ("Conv2d", "filter_size", "did you mean kernel_size?"),
        ("Linear", "W", "did you mean init?"),
        ("Linear", "kernel_regularizer", "did you mean regularization?"),
        ("Dropout", "rate", "did you mean p?"),
        ("Conv2d", "nonlinearity", "an activation is a layer of its own, such as {type: ReLU}"),
        ("ReLU", "inplace", "others may use the same output, so it is never changed in place"),
        ("LSTM", "batch_first", "rows always come first"),
    ],
)
def test_an_argument_that_a_layer_has_not_gets_the_nearest(type_: str, word: str, words: str) -> None:
    text = wrong_argument(word, layer_types()[type_], keys_of(LayerKeys))
    assert text == f"{type_} has no argument {word}; {words}"


def test_nothing_is_like_some_words() -> None:
    assert wrong_argument("quux", layer_types()["ReLU"], []) == "ReLU has no argument quux"
    assert wrong_initializer("quux") == "no such function of torch.nn.init"


@pytest.mark.parametrize(("word", "meant"), [("GlorotUniform", "xavier_uniform"), ("orthogonl", "orthogonal")])
def test_an_initializer_gets_the_nearest(word: str, meant: str) -> None:
    assert wrong_initializer(word) == f"no such function of torch.nn.init; did you mean {meant}?"


def test_all_that_is_suggested_exists() -> None:
    arguments = {argument for type_ in layer_types().values() for argument in type_.arguments} | {*keys_of(LayerKeys)}
    assert set(OTHER_TYPES.values()) <= layer_types().keys()
    assert {name for names in OTHER_ARGUMENTS.values() for name in names} <= arguments
    assert set(OTHER_INITIALIZERS.values()) <= initializers().keys()
