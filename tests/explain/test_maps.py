import pytest
import torch

from trainyard.explain.maps import occlusion, saliency


def pixel(images):
    """Two outputs, of which the first is three times the pixel in row 2, column 1."""
    first = 3 * images[:, 0, 2, 1]
    return torch.stack([first, torch.zeros_like(first)], dim=1)


def test_saliency_is_where_the_output_changes():
    images = torch.ones(2, 1, 4, 3)
    found = saliency(pixel, images)
    assert found.shape == (2, 4, 3)
    expected = torch.zeros(4, 3)
    expected[2, 1] = 3
    assert torch.equal(found[0], expected)


def test_hiding_the_pixel_that_counts_lowers_the_probability():
    found = occlusion(pixel, torch.ones(1, 1, 4, 3), square=1)
    probability = torch.tensor([3.0, 0.0]).softmax(0)[0]
    assert found[0, 2, 1] == pytest.approx(float(probability - 0.5))
    assert int((found != 0).sum()) == 1


def test_a_larger_square_hides_it_from_all_around():
    found = occlusion(pixel, torch.ones(1, 1, 4, 3), square=3)
    assert (found[0] != 0).tolist() == [[False] * 3, [True] * 3, [True] * 3, [True] * 3]


def test_of_a_number_it_is_how_far_it_moves():
    found = occlusion(lambda images: -pixel(images)[:, :1], torch.ones(1, 1, 4, 3), square=1)
    assert found[0, 2, 1] == 3
