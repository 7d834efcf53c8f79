#!/usr/bin/env python3
"""Model of the time of a default run on many nodes, from what bench/run counts: docs/scaling.md.

    bench/scaling_model.py [--bandwidth GB/s] [--network GB/s] [--latency us] [--share S]

One process a node. Prints, for slabs and pencils, the time of a step, its parts, and that of one measurement of all
spectra. Bytes and messages are those of fields/pass.h and lattice/transpose.h; `--check` compares them with the line
of bench/run's JSON that stands in for them.
"""
import argparse
import json
import math

REAL = 4  # single precision
COARSENING = 2
TENSORS = 5
Q_DEPTH, P_DEPTH, H_DEPTH = 2, 1, 2  # layers of phi, pi (two steps a pass), and of the tensors on their grid


def grid(kind, nodes):
    """Process grid: nodes x 1, or as near to a square as can be."""
    if kind == "slabs":
        return nodes, 1
    across = int(math.isqrt(nodes))
    while nodes % across:
        across -= 1
    return nodes // across, across


def fits(n, px, py):
    """Blocks are whole blocks of the coarsening, at least as wide as the halos."""
    least = max(Q_DEPTH, H_DEPTH * COARSENING)
    return all(p == 1 or n // COARSENING // p * COARSENING >= least for p in (px, py))


def halo(n, px, py):
    """(messages, bytes) of a process in one step; a pass is COARSENING steps."""
    messages = bytes_ = 0
    for p, across in ((px, n / py), (py, n / px)):
        if p == 1:
            continue
        rows = (Q_DEPTH + P_DEPTH) * across + TENSORS * H_DEPTH * across / COARSENING / COARSENING
        # Along y the corners of phi and pi go too, where x isn't divided as part of the face.
        corner = 2 * (Q_DEPTH**2 + P_DEPTH**2) if (p, across) == (py, n / px) else 0
        bytes_ += 2 * (rows + corner) * n * REAL
        messages += 2 * (2 + TENSORS) + (4 if corner and px > 1 else 0)
    return messages / COARSENING, bytes_ / COARSENING


def transform(n, px, py, kept):
    """(messages, bytes) of a process in a transform of n^3 reals of which `kept` modes a side stay."""
    messages = bytes_ = 0
    for direction, p in ((1, py), (0, px)):
        if p > 1:
            lines = n * n / px / py if direction == 1 else n * kept / px / py
            bytes_ += lines * (kept / 2 + 1) * 2 * REAL * (p - 1) / p
            messages += p - 1
    return messages, bytes_


def spectra(n, px, py):
    """All of a measurement: the field's transform, and on the coarse grid stress, waves and their momenta."""
    coarse = n // COARSENING
    parts = [transform(n, px, py, n)] + 3 * TENSORS * [transform(coarse, px, py, coarse // 2 + 1)]
    return sum(m for m, _ in parts), sum(b for _, b in parts)


def times(n, nodes, kind, machine):
    px, py = grid(kind, nodes)
    if not fits(n, px, py):
        return None
    sites = n**3 / nodes
    compute = sites * machine.step_bytes / (machine.bandwidth * 1e9)
    extra = 1 + Q_DEPTH * ((px > 1) * px + (py > 1) * py) / n  # rows of the halo are computed twice
    messages, bytes_ = halo(n, px, py)
    network = messages * machine.latency * 1e-6 + bytes_ / (machine.network * 1e9)
    copies = 4 * bytes_ / (machine.bandwidth * 1e9)  # packed and unpacked: read and written twice
    step = max(compute * extra, network) + copies
    m_messages, m_bytes = spectra(n, px, py)
    measure = (machine.measure_steps * compute + m_messages * machine.latency * 1e-6 +
               m_bytes / (machine.network * 1e9))
    return {"grid": f"{px} x {py}", "compute": compute, "network": network, "step": step, "measure": measure,
            "efficiency": compute / step, "memory": 19.0 * sites / 2**30}


def ms(seconds):
    """Milliseconds with three digits."""
    value = 1e3 * seconds
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def check(path):
    """Counted against the formulae above."""
    with open(path, encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["what"] == "default: waves, c = 2" and row["processes"] > 1:
                n, p = row["points"], row["processes"]
                messages, bytes_ = halo(n, p, 1)
                print(f"N = {n}, {p} x 1: messages a step counted {row['messages_per_step']:.2f}, "
                      f"model {messages:.2f}; bytes a site counted {row['sent_bytes_per_site']:.4f}, "
                      f"model {bytes_ * p / n**3:.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bandwidth", type=float, default=200.0, help="memory bandwidth of a node, GB/s")
    parser.add_argument("--network", type=float, default=12.5, help="of a node into the network, GB/s")
    parser.add_argument("--latency", type=float, default=2.0, help="of a message, us")
    parser.add_argument("--step-bytes", type=float, default=30.0,
                        help="time of a default step times the bandwidth, bytes a site")
    parser.add_argument("--measure-steps", type=float, default=16.0, help="a measurement in default steps, one node")
    parser.add_argument("--check", metavar="JSON", help="compare with lines of bench/run --json and end")
    machine = parser.parse_args()
    if machine.check:
        check(machine.check)
        return
    print("| N | nodes | grid | GiB a node | compute, ms | network, ms | step, ms | efficiency | spectra, ms |")
    print("|---|---|---|---|---|---|---|---|---|")
    for n in (2048, 4096, 8192):
        for nodes in (16, 64, 256, 1024, 4096):
            for kind in ("slabs", "pencils"):
                t = times(n, nodes, kind, machine)
                if t is None:
                    print(f"| {n} | {nodes} | {kind}: don't fit | | | | | | |")
                elif t["memory"] < 400:
                    print(f"| {n} | {nodes} | {t['grid']} | {t['memory']:.3g} | {ms(t['compute'])} | "
                          f"{ms(t['network'])} | {ms(t['step'])} | {t['efficiency']:.2f} | {ms(t['measure'])} |")


if __name__ == "__main__":
    main()
