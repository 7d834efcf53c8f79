"""same_numbers.py RUN_A RUN_B: all datasets of spectra, tracks, walls, sectors and snapshots are equal bit for bit; 0 or 1.

Attributes are not compared: they hold where and when a file was made.
"""
import pathlib
import sys

import h5py


def datasets(path):
    """All datasets of a file by name, as type, shape and bytes."""
    found = {}

    def add(name, item):
        if isinstance(item, h5py.Dataset):
            found[name] = (str(item.dtype), item.shape, item[()].tobytes())

    with h5py.File(path, "r") as file:
        file.visititems(add)
    return found


def files(run):
    names = [pathlib.PurePath(name) for name in ("spectra.h5", "tracks.h5", "walls.h5", "sectors.h5") if (run / name).exists()]
    names += sorted(p.relative_to(run) for p in (run / "snapshots").glob("*.h5"))
    return names


def main():
    a, b = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    wrong = []
    if files(a) != files(b):
        wrong.append(f"other files: {files(a)} and {files(b)}")
    for name in files(a):
        one, two = datasets(a / name), datasets(b / name)
        if not one:
            wrong.append(f"{name}: no datasets")
        if sorted(one) != sorted(two):
            wrong.append(f"{name}: other datasets, {sorted(one)} and {sorted(two)}")
        wrong += [f"{name}: /{key}" for key in one if key in two and one[key] != two[key]]
    for line in wrong:
        print(f"{a} and {b} differ: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
