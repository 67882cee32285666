"""A real packaged model, untrained: what is served of it is the same as what it predicts here."""

from pathlib import Path

from tests.inference.packages import save_model
from trainyard.config.schema.dataset import Iris
from trainyard.config.schema.model import Classifier, Mlp
from trainyard.data.prepare import prepare
from trainyard.inference.build_card import build_card
from trainyard.networks import Inputs, build_network


def package_iris(folder: Path, root: Path) -> None:
    """Write a packaged classifier of iris to `folder`."""
    prepared = prepare(Iris(name="iris", target=("species",)), task="auto", double=False, root=root)
    inputs = Inputs(prepared.numeric, prepared.category_sizes, prepared.image_shape)
    card = build_card(
        task=prepared.task, model=Classifier(), network=Mlp(), inputs=inputs, outputs=3,
        preprocessing=prepared.preprocessing, classes=prepared.classes, class_counts=prepared.class_counts,
        targets=prepared.targets, target_mean=prepared.target_mean,
        target_scale=prepared.target_scale, precision="32", example=prepared.example, metrics={}, lineage={},
    )  # fmt: skip
    save_model(folder, build_network(Mlp(), inputs, 3), card, prepared)


if __name__ == "__main__":
    import sys

    package_iris(Path(sys.argv[1]), Path(sys.argv[2]))
