import numpy as np
import pytest
from PIL import Image

from tests.data.image_data import pictures, save_image
from trainyard.data.image_files import ImageFiles
from trainyard.errors import DataError

GREY, COLOR = pictures(1, 6, 4)[0], pictures(1, 6, 4, 3)[0]


def read(*paths, size=(), channels="auto"):
    files = ImageFiles.of(list(paths), size, channels)
    return files, files.read(np.arange(len(paths)))


def test_grey_and_color_as_they_are(tmp_path):
    files, pixels = read(save_image(tmp_path / "grey.png", GREY))
    assert files.shape == (1, 6, 4)
    np.testing.assert_array_equal(pixels[0, 0], GREY)
    files, pixels = read(save_image(tmp_path / "color.png", COLOR))
    assert (files.shape, files.notes) == ((3, 6, 4), ())
    np.testing.assert_array_equal(pixels[0], COLOR.transpose(2, 0, 1))


def test_jpeg_is_near(tmp_path):
    smooth = np.add.outer(np.arange(32), np.arange(32)).astype(np.uint8) * 3
    _, pixels = read(save_image(tmp_path / "smooth.jpeg", smooth, quality=95))
    assert np.abs(pixels[0, 0].astype(int) - smooth).max() < 8


def test_grey_among_colors_and_colors_made_grey(tmp_path):
    paths = [save_image(tmp_path / "grey.png", GREY), save_image(tmp_path / "color.png", COLOR)]
    files, pixels = read(*paths)
    np.testing.assert_array_equal(pixels[0], np.stack([GREY] * 3))
    assert files.notes == (
        "1 of 2 images are grey, the others have colors; all are read with 3 channels (dataset.channels).",
    )
    files, pixels = read(*paths, channels="1")
    assert (files.shape, files.notes) == ((1, 6, 4), ())
    assert read(paths[0], channels="3")[0].shape == (3, 6, 4)


@pytest.mark.parametrize(("size", "shape"), [((8,), (1, 8, 8)), ((3, 5), (1, 3, 5)), ((6, 4), (1, 6, 4))])
def test_a_size_for_all(tmp_path, size, shape):
    paths = [save_image(tmp_path / "one.png", GREY), save_image(tmp_path / "two.png", np.full((9, 2), 200, np.uint8))]
    files, pixels = read(*paths, size=size)
    assert files.shape == shape
    assert np.all(pixels[1] == 200)


def test_other_kinds_of_png(tmp_path):
    deep = save_image(tmp_path / "deep.png", (GREY.astype(np.uint16) << 8) + 7)
    np.testing.assert_array_equal(read(deep)[1][0, 0], GREY)
    transparent = save_image(tmp_path / "transparent.png", np.dstack([COLOR, np.full((6, 4), 255, np.uint8)]))
    np.testing.assert_array_equal(read(transparent)[1][0], COLOR.transpose(2, 0, 1))
    Image.fromarray(COLOR).convert("P", palette=Image.Palette.WEB).save(tmp_path / "palette.png")
    assert read(tmp_path / "palette.png")[0].shape == (3, 6, 4)
    Image.fromarray(GREY > 99).save(tmp_path / "bits.png")
    np.testing.assert_array_equal(read(tmp_path / "bits.png")[1][0, 0], (GREY > 99) * np.uint8(255))


def test_photographs_stand_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    halves = np.repeat([[0], [255]], 8, 0).repeat(32, 1).astype(np.uint8)
    files, pixels = read(save_image(tmp_path / "turned.jpg", halves, exif=exif))
    assert files.shape == (1, 32, 16)
    assert pixels[0, 0, :, 0].mean() > 200
    assert pixels[0, 0, :, -1].mean() < 50


def fault_of(*paths, **options):
    with pytest.raises(DataError) as caught:
        read(*paths, **options)
    [fault] = caught.value.faults
    return fault


def test_poisoned_files(tmp_path):
    good = save_image(tmp_path / "good.png", COLOR)
    empty, text, cut = tmp_path / "empty.png", tmp_path / "text.png", tmp_path / "cut.png"
    empty.write_bytes(b"")
    text.write_text("no image")
    large = save_image(tmp_path / "large.png", pictures(1, 64, 64, 3)[0])
    cut.write_bytes(large.read_bytes()[:2000])
    assert fault_of(good, empty) == f"{empty} is empty: 0 bytes. Copy it again, or remove it."
    assert fault_of(text, empty) == (
        f"{text} is no image that can be read. Save it as PNG or JPEG, or remove it. 1 more of 2 cannot be read."
    )
    assert fault_of(good, cut, size=(6,)).startswith(f"{cut} cannot be read: ")
    assert fault_of(good, cut, size=(6,)).endswith(". Copy it again, or remove it.")
    assert fault_of(good, large) == (
        f"{large} is 64 x 64 pixels, but {good} is 6 x 4. Bring them to one size with dataset.size, such as "
        "dataset.size=[64,64]."
    )


def test_a_picture_that_would_fill_the_memory(tmp_path, monkeypatch):
    large = save_image(tmp_path / "large.png", pictures(1, 64, 64)[0])
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 3000)
    assert fault_of(large) == f"{large} is larger than 3,000 pixels. Make it smaller."
