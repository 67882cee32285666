"""Augmentation: how training rows are changed anew in each epoch."""

from dataclasses import dataclass
from typing import Literal

from trainyard.config.schema.key import key


@dataclass(frozen=True, kw_only=True)
class Augment:
    """Changes of the training rows by chance; against overfitting. Validation and test see the rows as they are."""

    shift: float = key("images: moved by as much at most, each way", default=0.0,
                       unit="fraction of the height and width", ge=0, lt=1)
    rotate: float = key("images: turned by as much at most, each way", default=0.0, unit="degrees", ge=0, le=180)
    flip: Literal["none", "horizontal", "vertical", "both"] = key(
        "images: every second one is mirrored; not for digits or letters", default="none")
    crop: float = key("images: a part of at least this size is cut out and enlarged again; 1 cuts nothing", default=1.0,
                      unit="fraction of the area", gt=0, le=1)
    noise: float = key("images and tables: deviation of the noise that is added to each number", default=0.0,
                       unit="standard deviations of the input", ge=0)
    mixup: float = key(
        "images and tables: alpha of mixup (Zhang et al., 2018), which blends each row with another, targets as well; "
        "0.2 is usual, 0 is none", default=0.0, ge=0)
    cutmix: float = key(
        "images: alpha of CutMix (Yun et al., 2019), which pastes a part of another image into each; 1 is usual, 0 is "
        "none; with mixup, each row gets one of them", default=0.0, ge=0)


ON_IMAGES = ("shift", "rotate", "flip", "crop", "cutmix")  # what a table has no use for
