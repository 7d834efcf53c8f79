"""unequal_routes.py ANALYSIS LEAST MOST: the route of analysis.h5 gives the evolved spectrum; 0 or 1.

At least LEAST shells are well sampled, and in all of them the energy density, as it is and averaged over an oscillation,
is that of the evolved waves up to a share MOST.
"""
import sys

import h5py
import numpy as np

EVOLVED, EVOLVED_AVERAGED, ROUTE, ROUTE_AVERAGED, WELL_SAMPLED = 3, 4, 5, 7, 8


def main():
    path, least, most = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    with h5py.File(path + "/analysis.h5") as file:
        table = file["route/table"][...]
        within = list(file["route/within"][...])
    good = table[table[:, WELL_SAMPLED] > 0]
    off = abs(good[:, [ROUTE, ROUTE_AVERAGED]] / good[:, [EVOLVED, EVOLVED_AVERAGED]] - 1)
    print(f"{path}: {len(good)} of {len(table)} shells well sampled, off by {off.max(initial=0.0):.4f} at most")
    if len(good) < least or within[0] != len(good) or within[2] != len(table):
        print(f"{path}: {len(good)} shells well sampled, expected {least}; said to be {within}", file=sys.stderr)
        return 1
    if not (np.isfinite(off).all() and (good[:, EVOLVED] > 0).all() and off.max() <= most):
        print(f"{path}: off by\n{off}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
