"""Compares what commands leave behind; commands.sh asks, a line for each question on stdin, and reads a line.

  whole BEFORE NOW AFTER    whether each file of NOW is that of BEFORE, byte for byte, or that of AFTER
  grows BEFORE NOW AFTER    the same; files that grow may also be between the two, if they can be read to their end
  replaces BEFORE NOW AFTER the same; files of BEFORE may also be gone
  same NOW AFTER            whether NOW has the files of AFTER with the same content

Contents of HDF5 files are their numbers, texts and attributes. Where and when a file was made is left aside, and so is
what follows from how long runs took.
"""
import pathlib
import re
import sys

import h5py
import numpy as np

TIMES = re.compile(r"(^|/)(provenance\..*|.*seconds.*|best_gain|best_ratio|gain|cost)$")
DIARIES = re.compile(r"journal\.txt$|\.log$|paired\.txt$")  # tell when, in what order, and how long


def hdf5(path):
    """Names, types, shapes and bytes of all that the file holds."""
    found = {}

    def add(name, value):
        if not TIMES.search(name):
            value = np.asarray(value)
            found[name] = (str(value.dtype), value.shape, value.tolist() if value.dtype == object else value.tobytes())

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            add(name, item[()])
        for key, value in item.attrs.items():
            add(f"{name}/@{key}".replace("/@provenance.", "/provenance."), value)

    with h5py.File(path, "r") as file:
        file.visititems(visit)
        for key, value in file.attrs.items():
            add(key, value)
    return found


def content(path):
    return hdf5(path) if path.suffix == ".h5" else path.read_bytes()


def equal(a, b):
    return b.is_file() and content(a) == content(b)


def files(folder):
    """But for those that a failure of MPI may leave."""
    return {p.relative_to(folder) for p in folder.rglob("*") if p.is_file() and p.suffix != ".tmp"}


def is_whole(path):
    """Read to its end; texts end with a line."""
    return bool(hdf5(path)) if path.suffix == ".h5" else path.read_bytes()[-1:] in (b"\n", b"")


def whole(kind, before, now, after):
    grows = kind != "whole"
    for name in sorted(files(now)):
        new = now / name
        old = before / name
        if old.is_file() and old.read_bytes() == new.read_bytes():
            continue
        if DIARIES.search(str(name)) or not equal(new, after / name):
            if not grows or (not DIARIES.search(str(name)) and not is_whole(new)):
                yield f"{new} is neither the old one nor the new one"
    for name in sorted(files(before) - files(now)):
        if kind != "replaces" and not (grows and "runs" in name.parts):
            yield f"{now / name} is gone"


def same(now, after):
    for name in sorted(files(now) ^ files(after)):
        yield f"{name} is only in {now if name in files(now) else after}"
    for name in sorted(files(now) & files(after)):
        if not DIARIES.search(str(name)) and not equal(now / name, after / name):
            yield f"{now / name} and {after / name} differ"


def answer(words):
    """What is wrong, or "ok"."""
    folders = [pathlib.Path(word) for word in words[1:]]
    try:
        wrong = list(same(*folders) if words[0] == "same" else whole(words[0], *folders))
    except OSError as error:
        wrong = [str(error)]
    return "; ".join(wrong).replace("\n", " ") or "ok"


for line in sys.stdin:
    print(answer(line.split()), flush=True)
