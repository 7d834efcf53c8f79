"""recompute.py RUN_DIR [--rtol R]: recomputes what a run measured from its last snapshot, with numpy alone.

Compares the power spectrum and the equal-time correlators of the stress with spectra.h5, and energies, area,
velocities, fraction, mean and rms with timeseries.csv; relative tolerance 1e-5 for single and 1e-10 for double
precision. Gravitational waves don't follow from one state: their spectra are compared with each other, with rho_gw and
with the efficiencies. It shares no code with the program and follows the definitions of the documentation.
Exit code 0: all agree; 1: not; 77: skipped, no numpy or h5py.
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

MASK = 0.6  # |phi| inside walls
WALL_PARTS = ("kinetic_walls", "gradient_walls", "potential_walls", "radiation")


class Comparison:
    """Counts what differs and remembers the largest relative difference."""

    def __init__(self, rtol, epsilon):
        self.rtol, self.epsilon, self.worst, self.failures = rtol, epsilon, 0.0, 0

    def __call__(self, name, stored, mine, scale=None):
        """Each number within rtol of `mine`, or of `scale` where zero is a value like any other."""
        stored, mine = np.asarray(stored, float), np.asarray(mine, float)
        size = np.abs(mine) if scale is None else np.asarray(scale, float)
        if stored.shape != mine.shape or not np.all(np.isfinite(stored)):
            self.fail(f"{name}: shape or values wrong: {stored} instead of {mine}")
            return
        off = np.abs(stored - mine)
        relative = np.divide(off, size, out=np.where(off > 0, np.inf, 0.0), where=size > 0)
        self.worst = max(self.worst, float(relative.max()))
        if relative.max() > self.rtol:
            at = int(relative.argmax())
            self.fail(f"{name}: {stored.flat[at]:.17g} instead of {mine.flat[at]:.17g}, off by {relative.max():.2e}")

    def fail(self, text):
        self.failures += 1
        print(text)


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


def reals(value):
    """A list parameter."""
    return [float(number) for number in np.atleast_1d(value)]


class Potential:
    """v0 and v_b of a run, its vacua, barrier and tension, and the share of a kink's energy in the mask of walls."""

    def __init__(self, attributes):
        self.name = text(attributes["fields.potential"])
        self.bias = float(attributes["fields.bias"])
        self.vacua, self.offset = (-1.0, 1.0), 0.0
        if self.name == "double-well":
            self.coefficients = [0.25, 0, -0.5, 0, 0.25]
        elif self.name == "phi6":
            b = float(attributes["fields.potential_sextic"])
            self.coefficients = np.array([1, 0, b - 2, 0, 1 - 2 * b, 0, b]) / (4 * (1 + b))
        elif self.name == "polynomial":
            self.coefficients = reals(attributes["fields.potential_coefficients"])
            self.vacua = self.find_vacua()
            self.offset = np.mean(self.v0(np.array(self.vacua)))
        elif self.name != "sine-gordon":
            raise SystemExit(f"{self.name}: walls are needed")
        p, q = self.vacua
        self.middle, self.half = 0.5 * (p + q), 0.5 * (q - p)
        self.barrier = float(self.v0(np.linspace(p, q, 2000001)).max())
        self.tension = self.tension_between(p, q)
        self.share = self.tension_between(self.middle - MASK * self.half, self.middle + MASK * self.half) / self.tension

    def find_vacua(self):
        """The minima nearest to -1 and +1, one on each side of 0."""
        slope = np.polynomial.Polynomial(self.coefficients).deriv()
        at = [x.real for x in slope.roots() if abs(x.imag) < 1e-9 and slope.deriv()(x.real) > 0]
        at = [x - slope(x) / slope.deriv()(x) for x in at]
        return tuple(min((x for x in at if x * side > 0), key=lambda x: abs(x - side)) for side in (-1, 1))

    def v0(self, phi):
        if self.name == "sine-gordon":
            return 4 / math.pi**2 * np.cos(0.5 * math.pi * phi) ** 2
        if self.name == "double-well":
            return 0.25 * (phi**2 - 1) ** 2
        return np.polynomial.polynomial.polyval(phi, self.coefficients) - self.offset

    def tilt(self, phi):
        if self.name == "sine-gordon":
            return -2 * self.bias / 3 * (phi + np.sin(math.pi * phi) / math.pi)
        p, q = self.vacua
        return self.bias * (phi**3 / 3 - (p + q) / 2 * phi**2 + p * q * phi)

    def tension_between(self, low, high):
        """By 60 points: sqrt(2 v0) is smooth from vacuum to vacuum."""
        x, weight = np.polynomial.legendre.leggauss(60)
        phi = 0.5 * (high + low) + 0.5 * (high - low) * x
        return 0.5 * (high - low) * float(np.sum(weight * np.sqrt(2 * np.maximum(self.v0(phi), 0))))


def power_law(attributes, tau):
    p = 2.0 / (1.0 + 3.0 * float(attributes["cosmology.w"]))
    a = (tau / (p / float(attributes["cosmology.hubble_start"]))) ** p
    return a, p / tau, a * tau / (1.0 + p)


def chain(attributes, tau):
    """d(1/H)/dtau = (1 + 3w)/2, d ln a = H dtau, dt = a dtau by Runge-Kutta steps between the corners of w."""
    w, until = reals(attributes["cosmology.chain_w"]), reals(attributes["cosmology.chain_until"])
    width = float(attributes["cosmology.chain_width"])
    hubble = float(attributes["cosmology.hubble_start"])
    now = 2.0 / (1.0 + 3.0 * w[0]) / hubble
    y = np.array([1.0 / hubble, 0.0, 2.0 / (3.0 * (1.0 + w[0]) * hubble)])
    corners = sorted({x * (1 + side * width) for x in until for side in (-1, 1)})

    def slope(at, y, middle):
        state = w[0]
        for i, change in enumerate(until):
            if width > 0:
                share = min(max(0.5 + 0.5 * (at - change) / (width * change), 0.0), 1.0)
            else:
                share = 1.0 if middle > change else 0.0
            state += share * (w[i + 1] - w[i])
        return np.array([0.5 * (1 + 3 * state), 1 / y[0], math.exp(y[1])])

    for end in [x for x in corners if x < tau] + [tau]:
        steps, begin = 1000, now
        h, middle = (end - begin) / steps, 0.5 * (end + begin)
        for step in range(steps):
            at = begin + step * h
            one = slope(at, y, middle)
            two = slope(at + h / 2, y + h / 2 * one, middle)
            three = slope(at + h / 2, y + h / 2 * two, middle)
            four = slope(at + h, y + h * three, middle)
            y = y + h / 6 * (one + 2 * two + 2 * three + four)
        now = end
    return math.exp(y[1]), 1 / y[0], y[2]


def through(x, y, at):
    """Value and slope at one place of the polynomial through the eight rows about it."""
    first = min(max(int(np.searchsorted(x, at)) - 4, 0), max(len(x) - 8, 0))
    x, y = x[first:first + 8], y[first:first + 8]
    middle, size = x.mean(), np.ptp(x)
    fit = np.polynomial.polynomial.polyfit((x - middle) / size, y, len(x) - 1)
    u = (at - middle) / size
    return (np.polynomial.polynomial.polyval(u, fit),
            np.polynomial.polynomial.polyval(u, np.polynomial.polynomial.polyder(fit)) / size)


def integral(x, y, sign, end):
    """int exp(y + sign x) dx from the first row to `end`, from row to row by five points."""
    nodes, weight = np.polynomial.legendre.leggauss(5)
    edges = [x[0], *[row for row in x[1:] if row < end], end]
    total = 0.0
    for low, high in zip(edges, edges[1:]):
        places = 0.5 * (high + low) + 0.5 * (high - low) * nodes
        total += 0.5 * (high - low) * sum(w * math.exp(through(x, y, at)[0] + sign * at)
                                          for w, at in zip(weight, places))
    return total


def table(run, attributes, tau):
    """From the run's copy of its rows."""
    first, second = np.log(np.loadtxt(run / "background.txt")).T
    if text(attributes["cosmology.table_columns"]) == "tau-a":
        second = second - second[0]
        log_a, slope = through(first, second, math.log(tau))
        before = math.exp(first[0]) / (1 + through(first, second, first[0])[1])
        return math.exp(log_a), slope / tau, before + integral(first, second, 1, math.log(tau))
    x, y = first - first[0], -second  # ln a, -ln H
    begin, fall = through(x, y, 0.0)
    past = tau - math.exp(begin) / (fall - 1)
    at, log_a = 1.0, 0.0
    while abs(at - log_a) > 1e-14:  # Newton's method for int da/(a^2 H) = tau - tau_start
        at = log_a
        log_a -= (integral(x, y, -1, log_a) - past if log_a > 0 else -past) * math.exp(log_a - through(x, y, log_a)[0])
    return (math.exp(log_a), math.exp(log_a - through(x, y, log_a)[0]),
            math.exp(begin) / fall + integral(x, y, 0, log_a))


def expansion(run, attributes, tau):
    """a, conformal H and t."""
    background = text(attributes["cosmology.background"])
    if background == "flat":
        return 1.0, 0.0, tau
    if background == "table":
        return table(run, attributes, tau)
    return chain(attributes, tau) if background == "chain" else power_law(attributes, tau)


def shells_of(values, length, last, counted=True):
    """k, count, mean of the values and its standard error in shells |k|/k_IR in [n - 1/2, n + 1/2), n = 1 ... last."""
    mode = np.fft.fftfreq(values.shape[0], 1.0 / values.shape[0])
    size = np.sqrt(mode[:, None, None] ** 2 + mode[None, :, None] ** 2 + mode[None, None, :] ** 2)
    shell = np.where(counted, np.floor(size + 0.5).astype(int), 0)
    rows = []
    for number in range(1, last + 1):
        inside = shell == number
        some = values[inside]
        draws = some.size / 2  # k and -k are one
        error = math.sqrt(some.var() / (draws - 1)) if draws > 1 else 0.0
        rows.append((2 * math.pi / length * size[inside].mean(), some.size, some.mean(), error))
    return [np.array(column) for column in zip(*rows)]


def spectrum(phi, length):
    n = phi.shape[0]
    return shells_of(np.abs(np.fft.fftn(phi) * (length / n) ** 3) ** 2 / length**3, length, n // 2)


def derivative(phi, axis, dx, order):
    """Centred difference."""

    def shifted(by):
        return np.roll(phi, -by, axis)

    near = (shifted(1) - shifted(-1)) / (2 * dx)
    if order == 2:
        return near
    return (4 * near - (shifted(2) - shifted(-2)) / (4 * dx)) / 3


def directions(points, length, order, coarse):
    """Unit vectors of the derivative's momentum for each mode of the coarse grid, zero where it vanishes."""
    dx = length / points
    k = 2 * math.pi / length * np.fft.fftfreq(coarse, 1.0 / coarse)
    q = np.sin(k * dx) / dx if order == 2 else (8 * np.sin(k * dx) - np.sin(2 * k * dx)) / (6 * dx)
    q[np.abs(q) * dx < 1e-9] = 0.0
    vector = np.stack(np.meshgrid(q, q, q, indexing="ij"), axis=-1)
    size = np.sqrt(np.sum(vector**2, axis=-1, keepdims=True))
    return np.divide(vector, size, out=np.zeros_like(vector), where=size > 0)


def block_mean(values, c):
    n = values.shape[0] // c
    return values.reshape(n, c, n, c, n, c).mean(axis=(1, 3, 5))


def stress_modes(phi, a, length, attributes, c):
    """The tensor of each mode of the coarse grid, (n,n,n,3,3), and the mean square of a mode, |Pi|^2/L^3."""
    points, order = phi.shape[0], attributes["lattice.stencil"]
    n, spacing = points // c, length / (points // c)
    grad = [derivative(phi, axis, length / points, order) for axis in range(3)]
    half = math.pi / points * np.fft.fftfreq(n, 1.0 / n)  # k dx/2
    window = np.divide(np.sin(c * half), c * np.sin(half), out=np.ones(n), where=half != 0)
    window = window[:, None, None] * window[None, :, None] * window[None, None, :]
    tensor, floor = np.empty((n, n, n, 3, 3), complex), 0.0
    for i in range(3):
        for j in range(3):
            mean = block_mean(grad[i] * grad[j], c) * a ** (1 - attributes["fields.s"])
            tensor[..., i, j] = np.fft.fftn(mean) * spacing**3 / window
            floor += np.mean(mean**2) * spacing**3
    return tensor, floor


def stress_parts(tensor, q):
    """Squares of the TT, scalar and vector parts, with projectors in full: P = delta - q q."""
    delta = np.eye(3)
    p = delta - q[..., :, None] * q[..., None, :]
    within = np.einsum("...il,...lm,...mj->...ij", p, tensor, p)
    transverse = within - 0.5 * p * np.einsum("...ij,...ij->...", p, tensor)[..., None, None]
    trace = np.einsum("...ii->...", tensor)[..., None, None]
    along = np.einsum("...i,...ij,...j->...", q, tensor - delta * trace / 3, q)[..., None, None]
    scalar = 1.5 * along * (q[..., :, None] * q[..., None, :] - delta / 3)
    across = np.einsum("...il,...lm,...m->...i", p, tensor, q)
    vector = q[..., :, None] * across[..., None, :] + across[..., :, None] * q[..., None, :]
    return [np.sum(np.abs(part) ** 2, axis=(-2, -1)) for part in (transverse, scalar, vector)]


def last_shell(points, c):
    """Coarse spectra end where the block means are right."""
    return points // 2 if c == 1 else points // c // 4


def correlators(phi, a, length, attributes, c):
    """k, count, mean and error of the correlator of each part; and the mean square of a mode."""
    points = phi.shape[0]
    tensor, floor = stress_modes(phi, a, length, attributes, c)
    q = directions(points, length, attributes["lattice.stencil"], points // c)
    counted = np.any(q != 0, axis=-1)
    last = last_shell(points, c)
    return [shells_of(part / length**3, length, last, counted) for part in stress_parts(tensor, q)], floor


def gradient_energy(phi, dx, order):
    """Mean of (grad phi)^2, in the form whose variation is the Laplacian."""
    total = 0.0
    for axis in range(3):
        one = ((np.roll(phi, -1, axis) - phi) / dx) ** 2
        two = ((np.roll(phi, -2, axis) - phi) / dx) ** 2
        total += np.mean(one if order == 2 else 4 / 3 * one - 1 / 12 * two)
    return total


def gradient_energy_inside(phi, dx, order, mask):
    """The same of the parts of the links on which |phi| < mask, phi linear along a link; phi from the middle on."""
    total = 0.0
    for axis in range(3):
        parts = []
        for shift in (1, 2):
            there = np.roll(phi, -shift, axis)
            way = np.minimum(np.maximum(phi, there), mask) - np.maximum(np.minimum(phi, there), -mask)
            parts.append(np.maximum(way, 0.0) * np.abs(there - phi) / dx**2)
        total += np.mean(parts[0] if order == 2 else 4 / 3 * parts[0] - 1 / 12 * parts[1])
    return total


def wall_energies(phi, speed, a, dx, s, order, potential):
    """Energies inside walls, and what is outside less the kinks' tails; without the bias."""
    from_middle, mask = phi - potential.middle, MASK * potential.half
    inside, well = np.abs(from_middle) < mask, a ** (s - 1) * potential.v0(phi)
    weight = a ** (-1 - s) / 2
    kinetic = weight * np.mean(inside * speed**2)
    gradient = weight * gradient_energy_inside(from_middle, dx, order, mask)
    static = np.mean(inside * well)
    everything = weight * (np.mean(speed**2) + gradient_energy(phi, dx, order)) + np.mean(well)
    return {
        "volume_walls": np.mean(inside),
        "energy_kinetic_walls": kinetic,
        "energy_gradient_walls": gradient,
        "energy_potential_walls": static,
        "energy_radiation": everything - (kinetic + gradient + static) / potential.share,
    }


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


def measure(phi, speed, a, dx, attributes, potential):
    """The columns of the time series that follow from the fields."""
    s, order = (attributes[key] for key in ("fields.s", "lattice.stencil"))
    well, tilt = potential.v0(phi), potential.tilt(phi)
    mask = np.where(np.abs(phi - potential.middle) < potential.half, well / potential.barrier, 0.0)
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
    } | wall_energies(phi, speed, a, dx, s, order, potential)


def row_of(run, step):
    with open(run / "timeseries.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["step"]) == step]
    if len(rows) != 1:
        raise SystemExit(f"timeseries.csv has {len(rows)} rows of step {step} instead of one")
    return rows[0]


def compare_row(row, mine, compare):
    # Small differences of large numbers: the mean, and the radiation as what walls leave.
    parts = [abs(mine.get(f"energy_{name}", 0.0)) for name in WALL_PARTS]
    scales = {"phi_mean": mine.get("phi_rms"), "energy_radiation": sum(parts)}
    for name, value in mine.items():
        if value is None:
            if row[name] != "":
                compare.fail(f"{name}: {row[name]} instead of nothing")
        else:
            compare(name, float(row[name] or "nan"), value, scales.get(name))


def read_group(file, name, step):
    """Datasets of a group: axes whole, values at this step."""
    group = file[name]
    (rows,) = np.nonzero(group["step"][()] == step)
    if len(rows) != 1:
        raise SystemExit(f"{name} of spectra.h5 has {len(rows)} rows of step {step} instead of one")
    values = {key: group[key][()] if key in ("k", "count") else group[key][rows[0]] for key in group}
    return values | dict(group.attrs)


def compare_axes(name, found, tau, a, k, count, compare):
    for axis, mine in (("tau", tau), ("a", a), ("k", k), ("count", count)):
        compare(f"{name}/{axis}", found[axis], mine)


def compare_spectrum(group, found, at, dataset, mine, floor, compare):
    """Within rtol, or amplitudes within four machine epsilons of the rms amplitude of all modes: transforms round."""
    k, count, power, error = mine
    rounding = 4 * compare.epsilon
    scale = power + (2 * rounding * np.sqrt(power * floor) + rounding**2 * floor) / compare.rtol
    compare_axes(group, found, at["tau"], at["a"], k, count, compare)
    compare(f"{group}/{dataset}", found[dataset], power, scale)
    compare(f"{group}/{dataset}_error", found[f"{dataset}_error"], error, scale)


def compare_grid(name, found, length, points, c, compare):
    compare(f"{name} coarsening", found["coarsening"], c)
    compare(f"{name} grid_spacing", found["grid_spacing"], length * c / points)
    compare(f"{name} k_end", found["k_end"], 2 * math.pi / length * (last_shell(points, c) + 0.5))


def compare_stress(file, at, phi, attributes, compare):
    length, step, points = float(attributes["lattice.length"]), at["step"], phi.shape[0]
    c = attributes["analysis.stress_coarsening"] or attributes["gw.coarsening"]
    parts, floor = correlators(phi, at["a"], length, attributes, c)
    etc = read_group(file, "etc", step)
    compare_grid("etc", etc, length, points, c, compare)
    compare_spectrum("etc", etc, at, "value", parts[0], floor, compare)
    unit = at["tension"] ** 2 * at["a"] ** 2 * at["tau"]
    if unit > 0:
        compare("etc/scaling", etc["scaling"], etc["value"] / unit)
    elif not np.all(np.isnan(etc["scaling"])):
        compare.fail(f"etc/scaling: {etc['scaling']} instead of NaN")
    if attributes["analysis.stress_parts"]:
        stress = read_group(file, "stress", step)
        compare_grid("stress", stress, length, points, c, compare)
        compare_spectrum("stress", stress, at, "scalar", parts[1], floor, compare)
        compare_spectrum("stress", stress, at, "vector", parts[2], floor, compare)
    elif "stress" in file:
        compare.fail("spectra.h5 has parts of the stress that weren't asked for")


def compare_waves(file, at, row, attributes, points, compare):
    """What must hold between the numbers about waves: they depend on the whole history."""
    columns = ("rho_gw", "efficiency_peak", "efficiency_total")
    if not attributes["gw.enabled"]:
        if "gw" in file or any(row[name] != "" for name in columns):
            compare.fail("there are numbers about waves, though gw.enabled = false")
        return
    length, c = float(attributes["lattice.length"]), attributes["gw.coarsening"]
    gw = read_group(file, "gw", at["step"])
    compare_grid("gw", gw, length, points, c, compare)
    q = directions(points, length, attributes["lattice.stencil"], points // c)
    k, count, *_ = shells_of(np.zeros((points // c,) * 3), length, last_shell(points, c), np.any(q != 0, axis=-1))
    compare_axes("gw", gw, at["tau"], at["a"], k, count, compare)
    density, averaged = gw["drho_dlnk"], gw["drho_dlnk_averaged"]
    if at["tau"] > float(attributes["gw.start"]) and at["step"] > c and not np.all(density > 0):
        compare.fail(f"gw/drho_dlnk: {density} isn't positive")
    if not np.all(averaged >= 0.5 * density) or not np.all(gw["drho_dlnk_error"] >= 0):
        compare.fail("gw: the average is less than half its kinetic part, or an error is negative")
    rho = np.sum(count * density * 2 * math.pi**2 / (k * length) ** 3)
    mine = {"rho_gw": rho, "efficiency_peak": None, "efficiency_total": None}
    if at["tension"] > 0 and at["area_parameter_t"] > 0:
        unit = 8 * math.pi / (at["area_parameter_t"] * at["tension"]) ** 2
        mine |= {"efficiency_peak": unit * density.max(), "efficiency_total": unit * rho}
    compare_row(row, mine, compare)
    for name, of in (("omega", density), ("omega_averaged", averaged)):
        if at["hubble"] > 0:
            compare(f"gw/{name}", gw[name], of * at["a"] ** 2 / (3 * at["hubble"] ** 2))
        elif not np.all(np.isnan(gw[name])):
            compare.fail(f"gw/{name}: {gw[name]} instead of NaN")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--rtol", type=float, help="relative tolerance")
    arguments = parser.parse_args()
    phi, speed, tau, step, attributes, item, spacing = read_snapshot(arguments.run)
    rtol, epsilon = (1e-5, np.finfo(np.float32).eps) if item == 4 else (1e-10, np.finfo(np.float64).eps)
    compare = Comparison(arguments.rtol or rtol, float(epsilon))

    length = float(attributes["lattice.length"])
    dx = length / phi.shape[0]
    a, hubble, t = expansion(arguments.run, attributes, tau)
    potential = Potential(attributes)
    compare("gridSpacing", spacing, dx)
    mine = measure(phi, speed, a, dx, attributes, potential)
    mine |= {"tau": tau, "a": a, "conformal_hubble": hubble, "t": t,
             "area_parameter_h": mine["area"] / (2 * hubble) if hubble > 0 else None,
             "area_parameter_t": mine["area"] * t / a}
    row = row_of(arguments.run, step)
    compare_row(row, mine, compare)
    at = mine | {"step": step, "hubble": hubble, "tension": potential.tension}
    floor = np.mean(phi**2) * dx**3  # mean of |phi_k|^2/L^3 over all modes
    with h5py.File(arguments.run / "spectra.h5") as file:
        compare_spectrum("field", read_group(file, "field", step), at, "power", spectrum(phi, length), floor, compare)
        compare_stress(file, at, phi, attributes, compare)
        compare_waves(file, at, row, attributes, phi.shape[0], compare)
    print(f"{arguments.run}: step {step}, largest relative difference {compare.worst:.2e} "
          f"(tolerance {compare.rtol:.0e}), {compare.failures} failures")
    return 1 if compare.failures else 0


if __name__ == "__main__":
    sys.exit(main())
