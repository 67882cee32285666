"""What a layer may have besides the arguments of its type."""

from trainyard.config.schema.declared import keys_of
from trainyard.config.schema.layers import LayerKeys, Regularization


def test_every_key_of_a_layer_has_its_meaning() -> None:
    assert all(key.doc for cls in (LayerKeys, Regularization) for key in keys_of(cls).values())


def test_a_layer_changes_nothing_by_default() -> None:
    assert Regularization() == Regularization(l1=0.0, l2=0.0)
    layer = LayerKeys(type="Linear")
    assert (layer.inputs, layer.init, layer.lr_multiplier) == ((), None, 1.0)
