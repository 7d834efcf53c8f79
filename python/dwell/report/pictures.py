"""Slices for the page, as data URIs."""
import base64

import numpy as np

from .. import pictures

LARGEST = 640
"""Pictures with more pixels a side are averaged down."""


def chosen(slices, most=8):
    """At most so many, even in their order, first and last included."""
    if len(slices) <= most:
        return slices
    return [slices[i] for i in np.unique(np.linspace(0, len(slices) - 1, most).round().astype(int))]


def smaller(pixels, largest=LARGEST):
    """Averaged over blocks, so that no side is longer than `largest`."""
    factor = -(-max(pixels.shape[:2]) // largest)
    if factor == 1:
        return pixels
    height, width = (side // factor * factor for side in pixels.shape[:2])
    blocks = pixels[:height, :width].astype(float).reshape(height // factor, factor, width // factor, factor, -1)
    return blocks.mean(axis=(1, 3)).round().astype(np.uint8)


def data_uri(one):
    """A slice as it is, or smaller."""
    chunks = pictures.read_chunks(one.path)
    side = max(int.from_bytes(chunks[0][1][:4], "big"), int.from_bytes(chunks[0][1][4:8], "big"))
    data = one.path.read_bytes() if side <= LARGEST else pictures.encode(smaller(one.pixels()))
    return "data:image/png;base64," + base64.b64encode(data).decode()
