"""Catches pixels that are read or written wrongly, pictures that don't show the field, and movies that don't play."""
import struct
import zlib

import numpy as np
import pytest

import dwell
from dwell import pictures


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write(path, pixels, filters):
    """A PNG whose line y has filter filters[y], written pixel by pixel after the standard."""
    height, width, channels = pixels.shape
    data = bytearray()
    for y in range(height):
        data.append(filters[y])
        for x in range(width):
            for c in range(channels):
                a = int(pixels[y, x - 1, c]) if x else 0
                b = int(pixels[y - 1, x, c]) if y else 0
                d = int(pixels[y - 1, x - 1, c]) if x and y else 0
                distances = [abs(b - d), abs(a - d), abs(a + b - 2 * d)]
                paeth = [a, b, d][distances.index(min(distances))]
                guess = [0, a, b, (a + b) // 2, paeth][filters[y]]
                data.append((int(pixels[y, x, c]) - guess) % 256)
    head = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(data))) + chunk(b"IEND", b"")
    )
    return path


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_all_filters(tmp_path, channels):
    pixels = np.random.default_rng(1).integers(0, 256, (15, 7, channels)).astype(np.uint8)
    filters = [0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 4, 2, 3, 1, 4]
    assert np.array_equal(pictures.read_pixels(write(tmp_path / "a.png", pixels, filters)), pixels)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_encode(tmp_path, channels):
    pixels = np.random.default_rng(2).integers(0, 256, (9, 11, channels)).astype(np.uint8)
    (tmp_path / "a.png").write_bytes(pictures.encode(pixels))
    assert np.array_equal(pictures.read_pixels(tmp_path / "a.png"), pixels)


def test_damage(tmp_path):
    """A byte that is wrong, a file that ends early, and something else."""
    good = pictures.encode(np.full((5, 5, 3), 7, np.uint8))
    target = tmp_path / "a.png"
    for bad in (good[:-20], good[:40] + bytes([good[40] ^ 1]) + good[41:], b"GIF89a", b"", good[:20]):
        target.write_bytes(bad)
        with pytest.raises(dwell.DwellFileError, match="a.png"):
            pictures.read_pixels(target)


def test_slices_show_the_field(plain):
    """The picture of a snapshot's step: the plane x = N/2, z to the right, y upwards, red where the field is positive."""
    run = dwell.open(plain)
    last = run.slices[-1]
    shot = run.snapshots[-1]
    assert last.step == shot.step and last.tau == pytest.approx(shot.tau)
    plane = shot.phi[len(shot.phi) // 2]  # [y][z]
    side = last.pixels().shape[0] // len(plane)
    centres = last.pixels()[side // 2 :: side, side // 2 :: side].astype(int)[::-1]
    clear = np.abs(plane) > 0.05
    assert np.array_equal((centres[..., 0] > centres[..., 2])[clear], (plane > 0)[clear]) and clear.sum() > 500


def frames_of(data):
    """(control, compressed pixels) of every frame of an APNG, and its declared number; sequence numbers are checked."""
    at, sequence, frames, declared = 8, 0, [], None
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0]
        if kind == b"acTL":
            declared = struct.unpack(">II", body)
        elif kind == b"fcTL":
            assert struct.unpack(">I", body[:4])[0] == sequence
            sequence += 1
            frames.append([struct.unpack(">IIIIHHBB", body[4:]), b""])
        elif kind == b"IDAT":
            frames[-1][1] += body
        elif kind == b"fdAT":
            assert struct.unpack(">I", body[:4])[0] == sequence
            sequence += 1
            frames[-1][1] += body[4:]
        at += 12 + size
    return frames, declared


def test_movie(plain):
    """Every picture is a frame, with its own pixels, in order."""
    run = dwell.open(plain)
    data = pictures.animate([one.path for one in run.slices], 5)
    frames, declared = frames_of(data)
    assert declared == (len(run.slices), 0) and len(frames) == len(run.slices) > 5
    for one, (control, compressed) in zip(run.slices, frames):
        original = b"".join(body for kind, body in pictures.read_chunks(one.path) if kind == b"IDAT")
        assert zlib.decompress(compressed) == zlib.decompress(original)
        side = one.pixels().shape[0]
        assert control == (side, side, 0, 0, 200, 1000, 0, 0)
    with pytest.raises(dwell.DwellFileError, match="no pictures"):
        pictures.animate([])


def test_movie_of_unequal_pictures(tmp_path):
    for i, side in enumerate((4, 5)):
        (tmp_path / f"{i}.png").write_bytes(pictures.encode(np.zeros((side, side, 3), np.uint8)))
    with pytest.raises(dwell.DwellFileError, match="another size"):
        pictures.animate([tmp_path / "0.png", tmp_path / "1.png"])
