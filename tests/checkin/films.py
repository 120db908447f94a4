"""What a camera sees at a door: codes on paper and on screens, held badly."""

from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from eventmatch.qr import QUIET_ZONE, matrix

Picture = np.ndarray[Any, Any]


def qr_picture(text: str, *, module: int = 8) -> Picture:
    """Return a clean QR code in shades of grey."""
    dark = np.pad(np.array(matrix(text)), QUIET_ZONE)
    return np.kron(np.where(dark, 0, 255), np.ones((module, module))).astype(np.uint8)


def rotated(picture: Picture, degrees: float) -> Picture:
    """Return the picture turned, before a grey wall."""
    image = Image.fromarray(picture).rotate(
        degrees, expand=True, fillcolor=128, resample=Image.Resampling.BILINEAR
    )
    return np.asarray(image)


def tilted(picture: Picture, share: float = 0.18) -> Picture:
    """Return the picture as it looks when its top is farther away than its bottom."""
    height, width = picture.shape
    inset = share * width
    # The corners of the source for each corner of what is seen, by the inverse of the tilt.
    seen = [(inset, 0), (width - inset, 0), (width, height), (0, height)]
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(seen, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    numbers = np.linalg.solve(np.array(rows), np.array(source, dtype=float).reshape(8))
    image = Image.fromarray(picture).transform(
        (width, height), Image.Transform.PERSPECTIVE, tuple(numbers), fillcolor=128,
        resample=Image.Resampling.BILINEAR,
    )  # fmt: skip
    return np.asarray(image)


def blurred(picture: Picture, radius: float = 3) -> Picture:
    """Return the picture out of focus."""
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))


def dim(picture: Picture, light: float = 0.2) -> Picture:
    """Return the picture in a dark hall, wall and all, with the noise of a camera that strains.

    A film's black is 16, not 0.
    """
    height, width = picture.shape
    scene = np.full((480, 640), 128.0)
    top, left = (480 - height) // 2, (640 - width) // 2
    scene[top : top + height, left : left + width] = picture
    noise = np.random.default_rng(1).normal(0, 3, scene.shape)
    return np.clip(16 + scene * light + noise, 0, 255).astype(np.uint8)


def on_paper(picture: Picture) -> Picture:
    """Return the picture as printed: neither black nor white, and lit from one side."""
    light = np.linspace(0.75, 1.0, picture.shape[1])
    return np.clip((40 + picture * 0.75) * light, 0, 255).astype(np.uint8)


def on_a_phone(picture: Picture) -> Picture:
    """Return the picture on a bright screen in a dark frame, with its lines and a reflection."""
    height, width = picture.shape
    shown = picture.astype(float)
    shown[::2] *= 0.88  # the screen's lines
    down, along = np.mgrid[0:height, 0:width]
    glare = 90 * np.exp(-(((down - height * 0.3) / 40) ** 2 + ((along - width * 0.6) / 60) ** 2))
    screen = np.clip(shown + glare, 0, 255).astype(np.uint8)
    return np.pad(screen, 24, constant_values=15)


def side_by_side(*pictures: Picture) -> Picture:
    """Return several pictures in a row: with an odd number, one of them is in the middle."""
    height = max(picture.shape[0] for picture in pictures)
    padded = []
    for picture in pictures:
        above = (height - picture.shape[0]) // 2
        below = height - picture.shape[0] - above
        padded.append(np.pad(picture, ((above, below), (6, 6)), constant_values=128))
    return np.hstack(padded)
