"""recompute_sectors.py RUN_DIR: recomputes what a run of potential z-n measured from its last snapshot, with numpy alone.

Energies, area, strings, junctions and rms with timeseries.csv; areas between pairs of vacua, shares of the vacua and
numbers of plaquettes with sectors.h5. Sectors and windings come from angles; relative tolerance 1e-5 for single and
1e-10 for double precision. Exit code 0: all agree; 1: not; 77: skipped, no numpy or h5py.
"""
import csv
import math
import pathlib
import sys

try:
    import h5py
    import numpy as np
except ImportError as reason:
    print(f"SKIP: {reason}")
    sys.exit(77)


def read(run):
    name = sorted((run / "snapshots").glob("snapshot_*.h5"))[-1]
    with h5py.File(name) as file:
        (step,) = file["data"].keys()
        base = file[f"data/{step}"]
        meshes = base["meshes"]
        phi = [np.asarray(meshes[key][()], float) for key in ("phi", "phi_2")]
        speed = [np.asarray(meshes[key][()], float) for key in ("phi_prime", "phi_2_prime")]
        single = meshes["phi"].dtype.itemsize == 4
        spacing = float(meshes["phi"].attrs["gridSpacing"][0])
        return phi, speed, float(base.attrs["time"]), int(step), dict(file.attrs), single, spacing


def derivative(f, axis, order):
    """Centred, in 1/dx."""
    near = np.roll(f, -1, axis) - np.roll(f, 1, axis)
    if order == 2:
        return near / 2
    return 2 / 3 * near - (np.roll(f, -2, axis) - np.roll(f, 2, axis)) / 12


def gradient_energy(phi, order):
    total = 0.0
    for axis in range(3):
        one, two = (np.mean((np.roll(phi, -j, axis) - phi) ** 2) for j in (1, 2))
        total += one if order == 2 else 4 / 3 * one - 1 / 12 * two
    return total


def orientation(vector):
    size, total = np.sqrt(sum(v**2 for v in vector)), sum(np.abs(v) for v in vector)
    return np.divide(size, total, out=np.ones_like(size), where=total > 0)


def areas(sector, grad, walls, dx):
    """By pair, each link with the mean weight of its ends."""
    found = {}
    for k in range(walls):
        for j in range(k):
            way = [math.cos(2 * math.pi * k / walls) - math.cos(2 * math.pi * j / walls),
                   math.sin(2 * math.pi * k / walls) - math.sin(2 * math.pi * j / walls)]
            weight = orientation([way[0] * grad[0][d] + way[1] * grad[1][d] for d in range(3)])
            total = 0.0
            for axis in range(3):
                next_sector = np.roll(sector, -1, axis)
                crosses = ((sector == j) & (next_sector == k)) | ((sector == k) & (next_sector == j))
                total += np.sum(crosses * 0.5 * (weight + np.roll(weight, -1, axis)))
            found[j, k] = total / (sector.size * dx)
    return found


def plaquettes(angle, sector, grad, dx):
    """Length of strings and of junctions, and their numbers of plaquettes."""
    weight = orientation(np.cross(np.stack(grad[0], -1), np.stack(grad[1], -1)).transpose(3, 0, 1, 2))
    length, number = np.zeros(2), np.zeros(2, int)
    for one, two in ((0, 1), (0, 2), (1, 2)):
        def corners(f):
            return [f, np.roll(f, -1, one), np.roll(f, (-1, -1), (one, two)), np.roll(f, -1, two)]
        a = corners(angle)
        winding = sum((a[(i + 1) % 4] - a[i] + np.pi) % (2 * np.pi) - np.pi for i in range(4))
        seen = sum(np.any([c == k for c in corners(sector)], axis=0).astype(int) for k in range(sector.max() + 1))
        for i, there in enumerate((np.abs(winding) > 1, seen >= 3)):
            length[i] += np.sum(weight[there])
            number[i] += np.count_nonzero(there)
    return length / (angle.size * dx * dx), number


def main():
    run = pathlib.Path(sys.argv[1])
    phi, speed, tau, step, attributes, single, dx = read(run)
    walls, mu, s, bias = (attributes[f"fields.{key}"] for key in ("walls", "axion_mass", "s", "bias"))
    order, a = int(attributes["lattice.stencil"]), float(attributes["a"])
    walls = int(walls)
    grad = [[derivative(f, axis, order) for axis in range(3)] for f in phi]
    r, angle = np.hypot(*phi), np.arctan2(phi[1], phi[0])
    sector = np.rint(angle / (2 * np.pi) * walls).astype(int) % walls
    v0 = 0.25 * (r**2 - 1) ** 2 + (mu / walls) ** 2 * r**2 * (1 - np.cos(walls * angle))
    between = areas(sector, grad, walls, dx)
    length, number = plaquettes(angle, sector, grad, dx)
    mine = {
        "phi_rms": math.sqrt(np.mean(r**2)),
        "energy_kinetic": a ** (-1 - s) * sum(np.mean(f**2) for f in speed) / 2,
        "energy_gradient": a ** (-1 - s) * sum(gradient_energy(f, order) for f in phi) / 2 / dx**2,
        "energy_potential": np.mean(a ** (s - 1) * v0 - 2 / 3 * bias * phi[0]),
        "area": sum(between.values()),
        "string_length": length[0],
        "junction_length": length[1],
        "fraction_positive": np.mean(phi[0] > 0),
    }
    with open(run / "timeseries.csv", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if int(row["step"]) == step]
    pairs = [(name, float(row[name] or "nan"), value) for name, value in mine.items()]
    with h5py.File(run / "sectors.h5") as file:
        (at,) = np.nonzero(file["time/step"][()] == step)[0]
        for p, (j, k) in enumerate(file["sectors/pairs"][()]):
            pairs.append((f"area between {j} and {k}", file["sectors/area_between"][at, p], between[j, k]))
        for k in range(walls):
            pairs.append((f"fraction of {k}", file["sectors/fraction"][at, k], np.mean(sector == k)))
        for name, value in zip(("strings", "junctions"), number):
            pairs.append((name, file[f"sectors/{name}"][at], value))
    tolerance, worst, wrong = 1e-5 if single else 1e-10, 0.0, 0
    for name, stored, value in pairs:
        off = abs(stored - value) / abs(value) if value != 0 else abs(stored)
        worst = max(worst, off)
        if not off <= tolerance:
            wrong += 1
            print(f"{name}: {stored:.17g} instead of {value:.17g}, off by {off:.2e}")
    print(f"{run}: step {step}, tau = {tau:g}: {len(pairs)} numbers, {wrong} wrong, off by at most {worst:.1e}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
