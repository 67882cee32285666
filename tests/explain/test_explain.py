import numpy as np
import torch

from tests.export.models import mixed_model
from tests.inference.packages import package_images
from trainyard.data.prepared import Part
from trainyard.data.rows import Rows
from trainyard.explain.explain import Asked, explain_images, explain_table
from trainyard.inference import load

CPU = torch.device("cpu")


def part(model, rows):
    x, codes = model.encode(rows)
    return Part(x=x, codes=codes, y=np.zeros(len(x), np.int64), weight=None, rows=np.arange(len(x)))


def test_a_table_gets_a_csv_and_a_plot(tmp_path):
    model, source = mixed_model(tmp_path / "model")
    rows = Rows(part(model, source.table), CPU)
    found, files = explain_table(
        rows, model.encoder, lambda some: {"loss": float(some.x[:, 0].std())}, Asked("loss"), tmp_path / "out", "run"
    )
    assert [path.name for path in files] == ["importance.csv", "importance.png"]
    assert all(path.stat().st_size for path in files)
    assert set(found.columns) == set(model.columns)


def test_images_get_maps_whatever_the_network(tmp_path):
    images = package_images(tmp_path / "model", (3, 5, 4))
    model = load(tmp_path / "model")
    rows = Rows(part(model, images), CPU, (3, 5, 4))
    files = explain_images(rows, model, Asked("loss", images=2, square=3), tmp_path / "out", "run")
    assert [path.name for path in files] == ["maps.png"]  # there is no convolution
