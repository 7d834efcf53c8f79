"""unequal_wick.py BACKGROUND MASS RUN...: the unequal-time correlator of free fields against theory; 0 or 1.

The field of each run is Gaussian at the start and stays so, phi_p(tau) = phi_p D_p(tau), so Wick's theorem gives the mean
of the correlator of its stress over the ensemble, mode by mode on the lattice:

  UTC(k; t1, t2) = (2/L^3) sum_p Lambda(p, k - p) P_p P_{k-p} D_p(t1) D_p(t2) D_{k-p}(t1) D_{k-p}(t2),

Lambda = |v|^2 |w|^2/2, v and w the parts transverse to q(k) of the momenta q(p), q(k - p) of the centred differences. It
isn't a function of k (t1 - t2) alone and oscillates with |p| +- |k - p|, whatever k is.
Runs differ in their seeds: each is one draw, and the scatter of their means is the error. Much of it comes from the
power F that a run has as a whole, in units of its mean. All modes of the field have the same power, so that F, chi^2 with
as many degrees of freedom as there are modes, is independent of all else: UTC/F^2 has the mean UTC/(1 + 2/modes).
"""
import sys

import h5py
import numpy as np

MOST = 4.5  # errors that one of some two hundred numbers may be off


def response(background, mass, points, length, tau, start):
    """D_p(tau) for p of one run, as a function of mode numbers (..., 3)."""
    dx = length / points

    def of(n, tau):
        squares = ((2 / dx * np.sin(np.pi * n / points)) ** 2).sum(axis=-1) + mass**2
        omega = np.sqrt(squares)
        phase = omega * (tau - start)
        if background == "flat":
            return np.cos(phase)
        return start / tau * (np.cos(phase) + np.sin(phase) / (omega * start))

    return of


def field_modes(at):
    """Mode numbers of the field."""
    cutoff = at["fields.initial.cutoff"] * at["lattice.length"] / (2 * np.pi)
    reach = np.arange(-int(cutoff), int(cutoff) + 1)
    p = np.stack(np.meshgrid(reach, reach, reach, indexing="ij"), axis=-1).reshape(-1, 3)
    size = np.sqrt((p**2).sum(axis=1))
    return p[(size > 0) & (size <= cutoff)]


def theory(at, modes, times, background, mass):
    """(modes, times, times)"""
    points, length = int(at["lattice.points"]), at["lattice.length"]
    cutoff = at["fields.initial.cutoff"] * length / (2 * np.pi)
    p = field_modes(at)
    power = at["fields.initial.rms"] ** 2 * length**3 / len(p)
    of = response(background, mass, points, length, times, times[0])
    result = np.zeros((len(modes), len(times), len(times)))
    momentum = lambda n: np.sin(2 * np.pi * n / points) * points / length
    for i, k in enumerate(modes):
        rest = k - p
        size = np.sqrt((rest**2).sum(axis=1))
        own = (size > 0) & (size <= cutoff)
        one, two = p[own], rest[own]
        direction = momentum(k) / np.linalg.norm(momentum(k))
        across = [(q**2).sum(axis=1) - (q @ direction) ** 2 for q in (momentum(one), momentum(two))]
        grown = np.stack([of(one, t) * of(two, t) for t in times])
        result[i] = 2 / length**3 * power**2 * (grown * (across[0] * across[1] / 2)) @ grown.T
    return result


def main():
    background, mass, runs = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    wrong, draws = [], []
    for run in runs:
        with h5py.File(run + "/tracks.h5") as file:
            at = dict(file.attrs)
            tracks = {name: values[...] for name, values in file["tracks"].items()}
        with h5py.File(run + "/spectra.h5") as file:
            power = (file["field/power"][0] * file["field/count"][...]).sum() / at["lattice.length"] ** 3
        power /= at["fields.initial.rms"] ** 2
        pick = np.linspace(0, len(tracks["tau"]) - 1, 6).astype(int)
        amplitude = tracks["amplitude"][pick] / power
        products = np.einsum("smc,tmc->mst", amplitude, amplitude)
        shells = range(1, len(tracks["shell_count"]) + 1)
        draws.append([products[tracks["shell"] == n].mean(axis=0) for n in shells])
    draws = np.array(draws)
    mean = draws.mean(axis=0)
    error = draws.std(axis=0, ddof=1) / np.sqrt(len(runs))
    all_modes = theory(at, tracks["n"], tracks["tau"][pick], background, mass)
    all_modes /= 1 + 2 / len(field_modes(at))
    for n in shells:
        expected = all_modes[tracks["shell"] == n].mean(axis=0)
        scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
        off = abs(mean[n - 1] - expected)
        spread = np.maximum(error[n - 1], 0.02 * scale)  # of few draws the scatter itself isn't well known
        coherence = expected / scale
        print(f"shell {n}: off by {(off / scale).max():.3f} at most, errors {(error[n - 1] / scale).mean():.3f}, "
              f"C from {coherence.min():.3f}")
        if (off > MOST * spread).any():
            wrong.append(f"shell {n}: off by {(off / spread).max():.1f} errors")
        if n >= 3 and (error[n - 1] / scale).mean() > 0.06:
            wrong.append(f"shell {n}: {len(runs)} runs don't tell")
        if n >= 3 and coherence.min() > 0.5:
            wrong.append(f"shell {n}: stays coherent, so this tells nothing")
    for line in wrong:
        print(f"{background}, mass {mass}: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
