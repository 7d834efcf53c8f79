"""PNG files, read and written with zlib alone, and movies of them (APNG).

https://www.w3.org/TR/png/ has the format; animations are the chunks acTL, fcTL and fdAT.
"""
import pathlib
import struct
import zlib

import numpy as np

from .errors import DwellFileError, DwellMissing

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_chunks(path):
    """All chunks of a PNG file as (type, bytes); checksums and the end are checked."""
    try:
        data = pathlib.Path(path).read_bytes()
    except FileNotFoundError:
        raise DwellMissing(f"{path}: it isn't there") from None
    except OSError as reason:
        raise DwellFileError(f"{path} can't be read: {reason.strerror}; check its permissions") from None
    damaged = DwellFileError(f"{path} isn't a whole PNG file; restore it from a copy or leave it out")
    if not data.startswith(_SIGNATURE):
        raise damaged
    at, chunks = len(_SIGNATURE), []
    while at < len(data):
        if at + 12 > len(data):
            raise damaged
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body, check = data[at + 8 : at + 8 + size], data[at + 8 + size : at + 12 + size]
        if len(check) != 4 or zlib.crc32(kind + body) != struct.unpack(">I", check)[0]:
            raise damaged
        chunks.append((kind, body))
        at += 12 + size
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
        raise damaged
    return chunks


def texts(chunks):
    """The tEXt notes of a picture."""
    pairs = [body.partition(b"\0") for kind, body in chunks if kind == b"tEXt"]
    return {key.decode("latin-1"): value.decode("latin-1") for key, _, value in pairs}


def _unfilter(kind, line, above, size):
    """Undoes the filter of one line of bytes, `size` bytes a pixel."""
    if kind == 0:
        return line
    if kind == 1:
        return np.cumsum(line.reshape(-1, size), axis=0, dtype=np.uint8).reshape(-1)
    if kind == 2:
        return line + above
    out, up = bytearray(line.tobytes()), above.tobytes()
    for i, value in enumerate(out):
        left, corner = (out[i - size], up[i - size]) if i >= size else (0, 0)
        if kind == 3:
            guess = (left + up[i]) // 2
        else:  # Paeth
            estimate = left + up[i] - corner
            guess = min(
                (abs(estimate - left), 0, left), (abs(estimate - up[i]), 1, up[i]), (abs(estimate - corner), 2, corner)
            )[2]
        out[i] = (value + guess) & 255
    return np.frombuffer(bytes(out), np.uint8)


def read_pixels(path):
    """A picture of 8 bits as an array (height, width, channels) of bytes, the first row at the top."""
    chunks = read_chunks(path)
    width, height, bits, colour, _, _, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    channels = {0: 1, 2: 3, 4: 2, 6: 4}.get(colour)
    if bits != 8 or channels is None or interlace:
        raise DwellFileError(f"{path} is a PNG of another kind ({bits} bits, colour type {colour}) than those of a run")
    try:
        data = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
        lines = np.frombuffer(data, np.uint8).reshape(height, 1 + width * channels)
    except (zlib.error, ValueError):
        raise DwellFileError(f"{path} isn't a whole PNG file; restore it from a copy or leave it out") from None
    pixels = np.empty((height, width * channels), np.uint8)
    above = np.zeros(width * channels, np.uint8)
    for i, line in enumerate(lines):
        if line[0] > 4:
            raise DwellFileError(f"{path} isn't a whole PNG file; restore it from a copy or leave it out")
        above = pixels[i] = _unfilter(line[0], line[1:], above, channels)
    return pixels.reshape(height, width, channels)


def _chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def encode(pixels):
    """An array (height, width, 1, 3 or 4) of bytes as the bytes of a PNG file."""
    height, width, channels = pixels.shape
    flat = np.ascontiguousarray(pixels, np.uint8).reshape(height, width * channels)
    up = np.vstack([flat[:1], flat[1:] - flat[:-1]])  # each line less the one above it
    lines = np.hstack([np.full((height, 1), 2, np.uint8), up])
    head = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    return (
        _SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)) + _chunk(b"IEND", b"")
    )


def animate(paths, frames_per_second=4.0):
    """The bytes of an animated PNG (APNG) that shows PNG files of one size one after the other, for ever.

    Compressed pixels are taken over as they are. Programs that don't know animations show the first picture.
    """
    pictures = [read_chunks(path) for path in paths]
    if not pictures:
        raise DwellMissing("there are no pictures for a movie; set store.slices in the run's parameters")
    head = pictures[0][0][1]
    for path, chunks in zip(paths, pictures):
        if chunks[0][1] != head:
            raise DwellFileError(f"{path} has another size or kind than {paths[0]}; a movie needs equal pictures")
    width, height = struct.unpack(">II", head[:8])
    delay = round(1000 / frames_per_second)
    out, number = [_SIGNATURE, _chunk(b"IHDR", head), _chunk(b"acTL", struct.pack(">II", len(pictures), 0))], 0
    for i, chunks in enumerate(pictures):
        control = struct.pack(">IIIIIHHBB", number, width, height, 0, 0, delay, 1000, 0, 0)
        out.append(_chunk(b"fcTL", control))
        number += 1
        for body in (body for kind, body in chunks if kind == b"IDAT"):
            if i == 0:
                out.append(_chunk(b"IDAT", body))
            else:
                out.append(_chunk(b"fdAT", struct.pack(">I", number) + body))
                number += 1
    out.append(_chunk(b"IEND", b""))
    return b"".join(out)
