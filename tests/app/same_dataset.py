#!/usr/bin/env python3
"""same_dataset.py A B: whether two dataset.h5 (or ensemble.h5) hold the same bits, timings and provenance aside."""
import sys

import h5py
import numpy as np

TIMINGS = {"runs/seconds"}


def contents(path):
    """Bytes and shape of each dataset; the root's attributes without provenance and command lines."""
    found = {}
    with h5py.File(path, "r") as file:

        def visit(name, item):
            if isinstance(item, h5py.Dataset) and name not in TIMINGS:
                value = item[()]
                found[name] = (item.shape, value.tolist() if value.dtype == object else value.tobytes())

        file.visititems(visit)
        for name, value in file.attrs.items():
            if not name.startswith("provenance.") and name != "scan":
                found["@" + name] = str(np.asarray(value).tolist())
    return found


def main():
    a, b = contents(sys.argv[1]), contents(sys.argv[2])
    differing = sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))
    if differing or not any(name.startswith("runs/") or name.startswith("points/") for name in a):
        print(f"{sys.argv[1]} and {sys.argv[2]} differ in: {', '.join(differing)}", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
