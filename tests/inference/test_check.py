import copy

import pytest

from tests.inference.packages import make_package, package_images
from trainyard.inference import PackageError, load
from trainyard.inference.check import check_card


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cards")
    package_images(folder / "images")
    classifier, _ = make_package(folder / "classifier")
    regressor, _ = make_package(
        folder / "regressor", target=("length",), ignore=("label", "width"), quantiles=(0.1, 0.9), transform="log"
    )
    return {"classifier": classifier, "regressor": regressor, "images": load(folder / "images").card}


def test_cards_as_they_are_written_pass(cards):
    for card in cards.values():
        check_card(card)


@pytest.mark.parametrize(
    ("kind", "part", "change"),
    [
        ("classifier", "task", lambda c: c.update(task="ranking")),
        ("classifier", "precision", lambda c: c.update(precision="8")),
        ("classifier", "preprocessing.dtype", lambda c: c.update(precision="64")),
        ("classifier", "targets", lambda c: c.update(targets=[])),
        ("regressor", "targets", lambda c: c.update(targets=["a", "a"])),
        ("regressor", "target_mean", lambda c: c.update(target_mean=[float("nan")])),
        ("regressor", "target_scale", lambda c: c.update(target_scale=[0.0])),
        ("regressor", "target_powers", lambda c: c["target_powers"][0].pop("shift")),
        ("classifier", "temperature", lambda c: c.update(temperature=0)),
        ("regressor", "temperature", lambda c: c.update(temperature=1.0)),
        ("regressor", "classes", lambda c: c.update(classes=["a", "b"])),
        ("classifier", "classes", lambda c: c.update(classes=["big", "big"])),
        ("classifier", "classes", lambda c: c.update(classes=["big", None])),
        ("classifier", "class_counts", lambda c: c.update(class_counts=[1])),
        ("classifier", "inputs.numeric", lambda c: c["inputs"].update(numeric=1)),
        ("classifier", "inputs.image_shape", lambda c: c["inputs"].update(image_shape=[1, 2, 2])),
        ("classifier", "inputs.category_sizes", lambda c: c["inputs"].update(category_sizes=[12])),
        ("classifier", "inputs.category_names", lambda c: c["inputs"].update(category_names=["color"])),
        ("images", "inputs", lambda c: c["inputs"].update(image_shape=[1, 3, 4])),
        ("images", "inputs", lambda c: c["inputs"].update(category_sizes=[3])),
        ("regressor", "quantiles", lambda c: c.update(quantiles=[0.9, 0.1])),
        ("regressor", "quantiles", lambda c: c.update(quantiles=[0.0, 1.0])),
        ("regressor", "outputs", lambda c: c.update(quantiles=[0.1])),
        ("classifier", "outputs", lambda c: c.update(outputs=2.0)),
        ("classifier", "signature", lambda c: c["signature"]["outputs"].pop()),
        ("classifier", "example", lambda c: c.update(example=[1])),
        ("classifier", "probe_outputs", lambda c: c.update(probe_outputs=[])),
        ("classifier", "probe_outputs", lambda c: c["probe_outputs"][0].pop()),
        ("classifier", "weights", lambda c: c["weights"].update(bytes=-1)),
        ("classifier", "weights.tensors", lambda c: c["weights"].update(tensors=[])),
    ],
)
def test_a_part_that_cannot_be_is_named(cards, kind, part, change):
    card = copy.deepcopy(cards[kind])
    change(card)
    with pytest.raises(PackageError) as refused:
        check_card(card)
    assert str(refused.value) == (
        f"The card contradicts itself in {part}, or says there what cannot be. It was altered; package the model again."
    )
