"""recompute.py RUN_DIR [--rtol R]: recomputes what a run measured from its last snapshot, with numpy alone.

Compares the power spectrum with spectra.h5 and energies, area, velocities, fraction, mean and rms with
timeseries.csv; relative tolerance 1e-5 for single and 1e-10 for double precision. It shares no code with the
program and follows the definitions of the documentation. Exit code 0: all agree; 1: not; 77: skipped, no numpy or h5py.
"""
import argparse
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


class Comparison:
    """Counts what differs and remembers the largest relative difference."""

    def __init__(self, rtol):
        self.rtol, self.worst, self.failures = rtol, 0.0, 0

    def __call__(self, name, stored, mine, scale=None):
        """Each number within rtol of `mine`, or of `scale` where zero is a value like any other."""
        stored, mine = np.asarray(stored, float), np.asarray(mine, float)
        size = np.abs(mine) if scale is None else np.asarray(scale, float)
        if stored.shape != mine.shape or not np.all(np.isfinite(stored)):
            self.failures += 1
            print(f"{name}: shape or values wrong: {stored} instead of {mine}")
            return
        off = np.abs(stored - mine)
        relative = np.divide(off, size, out=np.where(off > 0, np.inf, 0.0), where=size > 0)
        self.worst = max(self.worst, float(relative.max()))
        if relative.max() > self.rtol:
            self.failures += 1
            at = int(relative.argmax())
            print(f"{name}: {stored.flat[at]:.17g} instead of {mine.flat[at]:.17g}, off by {relative.max():.2e}")


def read_snapshot(run):
    """phi, phi' (double, as stored), tau, a, step and all parameters of the last snapshot."""
    names = sorted((run / "snapshots").glob("snapshot_*.h5"))
    if not names:
        raise SystemExit(f"{run} has no snapshot")
    with h5py.File(names[-1]) as file:
        (step,) = file["data"].keys()
        base = file[f"data/{step}"]
        tau = float(base.attrs["time"])
        meshes = base["meshes"]
        fields = [np.asarray(meshes[name][()], float) for name in ("phi", "phi_prime")]
        attributes = {key: value for key, value in file.attrs.items()}
        bits = meshes["phi"].dtype.itemsize
        spacing = float(meshes["phi"].attrs["gridSpacing"][0])
    return fields[0], fields[1], tau, int(step), attributes, bits, spacing


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def scale_factor(attributes, tau):
    if text(attributes["cosmology.background"]) == "flat":
        return 1.0, 0.0, tau
    p = 2.0 / (1.0 + 3.0 * float(attributes["cosmology.w"]))
    start = p / float(attributes["cosmology.hubble_start"])
    a = (tau / start) ** p
    return a, p / tau, a * tau / (1.0 + p)


def spectrum(phi, length):
    """k, count, mean power and its standard error in shells |k|/k_IR in [n - 1/2, n + 1/2), n = 1 ... N/2."""
    n = phi.shape[0]
    power = np.abs(np.fft.fftn(phi) * (length / n) ** 3) ** 2 / length**3
    mode = np.fft.fftfreq(n, 1.0 / n)
    size = np.sqrt(mode[:, None, None] ** 2 + mode[None, :, None] ** 2 + mode[None, None, :] ** 2)
    shell = np.floor(size + 0.5).astype(int)
    rows = []
    for number in range(1, n // 2 + 1):
        inside = shell == number
        values = power[inside]
        draws = values.size / 2  # k and -k are one
        error = math.sqrt(values.var() / (draws - 1)) if draws > 1 else 0.0
        rows.append((2 * math.pi / length * size[inside].mean(), values.size, values.mean(), error))
    return [np.array(column) for column in zip(*rows)]


def derivative(phi, axis, dx, order):
    """Centred difference."""

    def shifted(by):
        return np.roll(phi, -by, axis)

    near = (shifted(1) - shifted(-1)) / (2 * dx)
    if order == 2:
        return near
    return (4 * near - (shifted(2) - shifted(-2)) / (4 * dx)) / 3


def gradient_energy(phi, dx, order):
    """Mean of (grad phi)^2, in the form whose variation is the Laplacian."""
    total = 0.0
    for axis in range(3):
        one = ((np.roll(phi, -1, axis) - phi) / dx) ** 2
        two = ((np.roll(phi, -2, axis) - phi) / dx) ** 2
        total += np.mean(one if order == 2 else 4 / 3 * one - 1 / 12 * two)
    return total


def area(phi, grad, dx):
    """Comoving area per volume: each link that changes sign counts with the mean weight of its ends."""
    size = np.sqrt(sum(g**2 for g in grad))
    sum_abs = sum(np.abs(g) for g in grad)
    weight = np.divide(size, sum_abs, out=np.ones_like(size), where=sum_abs > 0)
    positive = phi > 0
    total = 0.0
    for axis in range(3):
        changes = positive != np.roll(positive, -1, axis)
        total += np.sum(changes * 0.5 * (weight + np.roll(weight, -1, axis)))
    return total / (phi.size * dx)


def measure(phi, speed, a, dx, attributes):
    """The columns of the time series that follow from the fields."""
    s, bias, order = (attributes[key] for key in ("fields.s", "fields.bias", "lattice.stencil"))
    well, tilt = 0.25 * (phi**2 - 1) ** 2, bias * (phi**3 / 3 - phi)
    mask = np.where(np.abs(phi) < 1, 4 * well, 0.0)
    grad = [derivative(phi, axis, dx, order) for axis in range(3)]
    kinetic = np.sum(mask * speed**2)
    return {
        "phi_mean": phi.mean(),
        "phi_rms": math.sqrt(np.mean(phi**2)),
        "energy_kinetic": a ** (-1 - s) * np.mean(speed**2) / 2,
        "energy_gradient": a ** (-1 - s) * gradient_energy(phi, dx, order) / 2,
        "energy_potential": a ** (s - 1) * np.mean(well + a ** (1 - s) * tilt),
        "area": area(phi, grad, dx),
        "velocity": math.sqrt(kinetic / np.sum(mask * sum(g**2 for g in grad))),
        "gamma_velocity": math.sqrt(0.5 * kinetic / np.sum(mask * a ** (2 * s) * well)),
        "fraction_positive": np.mean(phi > 0),
    }


def compare_row(run, step, mine, rtol_of):
    with open(run / "timeseries.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["step"]) == step]
    if len(rows) != 1:
        rtol_of.failures += 1
        print(f"timeseries.csv has {len(rows)} rows of step {step} instead of one")
        return
    for name, value in mine.items():
        if value is None:
            if rows[0][name] != "":
                rtol_of.failures += 1
                print(f"{name}: {rows[0][name]} instead of nothing")
        else:
            # The mean is a small difference of large numbers.
            rtol_of(name, float(rows[0][name] or "nan"), value, mine["phi_rms"] if name == "phi_mean" else None)


def compare_spectrum(run, step, tau, mine, floor, compare):
    """Amplitudes agree within rtol, or 0.001 rtol of the rms amplitude of all modes: transforms round."""
    k, count, power, error = mine
    scale = power + 2e-3 * np.sqrt(power * floor) + 1e-6 * compare.rtol * floor
    with h5py.File(run / "spectra.h5") as file:
        group = file["field"]
        (rows,) = np.nonzero(group["step"][()] == step)
        if len(rows) != 1:
            compare.failures += 1
            print(f"spectra.h5 has {len(rows)} rows of step {step} instead of one")
            return
        compare("field/tau", group["tau"][rows[0]], tau)
        compare("field/k", group["k"][()], k)
        compare("field/count", group["count"][()], count)
        compare("field/power", group["power"][rows[0]], power, scale)
        compare("field/power_error", group["power_error"][rows[0]], error, scale)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--rtol", type=float, help="relative tolerance")
    arguments = parser.parse_args()
    phi, speed, tau, step, attributes, item, spacing = read_snapshot(arguments.run)
    compare = Comparison(arguments.rtol or (1e-5 if item == 4 else 1e-10))

    length = float(attributes["lattice.length"])
    dx = length / phi.shape[0]
    a, hubble, t = scale_factor(attributes, tau)
    compare("gridSpacing", spacing, dx)
    mine = measure(phi, speed, a, dx, attributes)
    mine |= {"tau": tau, "a": a, "conformal_hubble": hubble, "t": t,
             "area_parameter_h": mine["area"] / (2 * hubble) if hubble > 0 else None,
             "area_parameter_t": mine["area"] * t / a}
    compare_row(arguments.run, step, mine, compare)
    floor = np.mean(phi**2) * dx**3  # mean of |phi_k|^2/L^3 over all modes
    compare_spectrum(arguments.run, step, tau, spectrum(phi, length), floor, compare)
    print(f"{arguments.run}: step {step}, largest relative difference {compare.worst:.2e} "
          f"(tolerance {compare.rtol:.0e}), {compare.failures} failures")
    return 1 if compare.failures else 0


if __name__ == "__main__":
    sys.exit(main())
