"""unequal_routes.py ANALYSIS LEAST MOST: the route of analysis.h5 gives the evolved spectrum; 0 or 1.

At least LEAST shells are well sampled, and in all of them the energy density, as it is and averaged over an oscillation,
is that of the evolved waves up to a share MOST.
"""
import sys

import h5py
import numpy as np


def main():
    path, least, most = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    with h5py.File(path + "/analysis.h5") as file:
        route = {name: values[...] for name, values in file["route"].items()}
    within = list(route["within"])
    good = route["well_sampled"] > 0
    pairs = (("drho_dlnk", "evolved"), ("drho_dlnk_averaged", "evolved_averaged"))
    off = np.array([abs(route[a][good] / route[b][good] - 1) for a, b in pairs])
    print(f"{path}: {good.sum()} of {len(good)} shells well sampled, off by {off.max(initial=0.0):.4f} at most")
    if good.sum() < least or within[0] != good.sum() or within[2] != len(good):
        print(f"{path}: {good.sum()} shells well sampled, expected {least}; said to be {within}", file=sys.stderr)
        return 1
    if not (np.isfinite(off).all() and (route["evolved"] > 0).all() and off.max() <= most):
        print(f"{path}: off by\n{off}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
