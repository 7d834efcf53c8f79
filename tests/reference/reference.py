"""reference.py check | write REASON | spread PROGRAM... : the reference runs of this folder against reference.json.

Runs each NAME.cfg in single and in double precision, on one process and on two, in the current folder. `check` (from ctest)
compares: bit for bit where reference.json says that its bits hold, elsewhere the numbers within its tolerances. `write` makes
reference.json anew, with the reason why; README.md says when. `spread` prints how far other builds are from reference.json.
In the environment: DWELL (the program; not for spread), MPIEXEC (or empty: one process only).
"""
import hashlib
import json
import os
import pathlib
import platform
import shlex
import shutil
import subprocess
import sys

import h5py
import numpy

HERE = pathlib.Path(__file__).parent
FILE = HERE / "reference.json"
RUNS = [(config.stem, precision) for config in sorted(HERE.glob("*.cfg")) for precision in ("single", "double")]
COLUMNS = ("tau", "a", "conformal_hubble", "t", "phi_rms", "energy_kinetic", "energy_gradient", "energy_potential", "area",
           "velocity", "string_length", "rho_gw")
SPECTRA = ("field/power", "etc/value", "gw/drho_dlnk", "utc/value")
# Relative; in double precision what a compiler may change (docs/reliability.md), in single precision that of its rounding.
TOLERANCES = {"single": 5e-3, "double": 1e-10}


def run(program, name, precision, processes, threads):
    """Runs into the folder NAME-PRECISION, anew."""
    folder = pathlib.Path(f"{name}-{precision}")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copy(HERE / "background.txt", ".")
    command = [program, "run", str(HERE / f"{name}.cfg"), "--quiet", "--set", f"precision={precision}", "--set", f"output={folder}"]
    if processes > 1:
        command = shlex.split(os.environ["MPIEXEC"]) + ["-n", str(processes)] + command
    done = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": str(threads)}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"FAILED: {' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return folder


def series(folder):
    """Columns of timeseries.csv by name, as texts."""
    rows = [line.split(",") for line in (folder / "timeseries.csv").read_text().splitlines()]
    return {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}


def bits(folder):
    """Fingerprints of the fields at the end, and checksums of the time series and of all numbers of spectra and tracks."""
    lines = (folder / "run.log").read_text().splitlines()
    found = {"fields": [" ".join(line.split()[1:]) for line in lines if line.startswith("fingerprint")]}
    found["timeseries"] = hashlib.sha256((folder / "timeseries.csv").read_bytes()).hexdigest()[:16]
    for name in ("spectra", "tracks"):
        if not (folder / f"{name}.h5").exists():
            continue
        sums = {}
        with h5py.File(folder / f"{name}.h5", "r") as file:
            file.visititems(lambda key, item: sums.update({key: item[()].tobytes()}) if isinstance(item, h5py.Dataset) else None)
        total = hashlib.sha256()
        for key in sorted(sums):
            total.update(key.encode() + b"\0" + sums[key])
        found[name] = total.hexdigest()[:16]
    return found


def values(folder):
    """Numbers at the end: of the time series, the sum of the squares of the field, and some bins of each spectrum."""
    columns = series(folder)
    found = {name: float(columns[name][-1]) for name in COLUMNS if columns.get(name, [""])[-1] != ""}
    with h5py.File(next((folder / "snapshots").glob("*.h5")), "r") as file:
        for name in ("phi", "phi_prime"):
            data = next(item for path, item in meshes(file) if path.endswith(f"/{name}") or f"/{name}/" in path)
            found[f"rms of {name}"] = float(numpy.sqrt(numpy.mean(data[()].astype(float) ** 2)))
    with h5py.File(folder / "spectra.h5", "r") as file:
        for name in SPECTRA:
            if name not in file or file[name].size == 0:
                continue
            data = file[name][()]
            last = data[0, -1] if data.ndim == 3 else data[-1]
            for bin_number in sorted({0, len(last) // 2, len(last) - 1}):
                found[f"{name} bin {bin_number}"] = float(last[bin_number])
    return found


def meshes(file):
    found = []
    file.visititems(lambda path, item: found.append((path, item)) if isinstance(item, h5py.Dataset) else None)
    return found


def environment(program):
    """What decides about the last bit."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in said if line.strip()}
    gsl = shutil.which("gsl-config")
    cpu = pathlib.Path("/proc/cpuinfo")
    flags = cpu.read_text().split() if cpu.exists() else []
    return {
        "compiler": lines["compiler"],
        "fftw": lines["fftw"],
        "libc": " ".join(platform.libc_ver()),
        "gsl": subprocess.run([gsl, "--version"], capture_output=True, text=True, check=False).stdout.strip() if gsl else "unknown",
        "machine": platform.machine() + (" with FMA" if "fma" in flags else "") + (" and AVX-512" if "avx512f" in flags else ""),
    }


def distances(reference, found):
    """Relative distances by name; infinite where a number is missing."""
    result = {}
    for name in sorted(set(reference) | set(found)):
        if name not in reference or name not in found:
            result[name] = numpy.inf
        elif reference[name] == found[name]:
            result[name] = 0.0
        else:
            result[name] = abs(found[name] - reference[name]) / max(abs(reference[name]), 1e-300)
    return result


def check(program):
    stored = json.loads(FILE.read_text())
    here = environment(program)
    exact = any(here == other for other in stored["bits hold for"])
    threads = max(2, int(os.environ.get("OMP_NUM_THREADS", "1")))
    layouts = [(1, 1), (1, threads), (2, 1)] if os.environ.get("MPIEXEC") else [(1, 1), (1, threads)]
    if not exact:
        print(f"SKIP: bits aren't compared, only numbers: this is {here}")
    wrong = []
    if sorted(stored["runs"]) != sorted(f"{name}-{precision}" for name, precision in RUNS):
        wrong.append("reference.json has other runs than there are configurations")
    for number, (name, precision) in enumerate(RUNS):
        label = f"{name}-{precision}"
        if label not in stored["runs"]:
            continue
        processes, threads = layouts[number % len(layouts)]
        folder = run(program, name, precision, processes, threads)
        found = bits(folder)
        parts = [part for part in stored["runs"][label]["bits"] if found.get(part) != stored["runs"][label]["bits"][part]]
        if exact and parts:
            wrong.append(f"{label} on {processes} processes and {threads} threads: other bits of {', '.join(parts)}")
        far = distances(stored["runs"][label]["values"], values(folder))
        worst = max(far, key=far.get)
        if not far[worst] <= TOLERANCES[precision]:
            wrong.append(f"{label}: {worst} is off by {far[worst]:.2g}, relative")
        print(f"{label:18} {processes} x {threads}  {'other' if parts else 'same'} bits, numbers within {far[worst]:.2g}")
    for line in wrong:
        print(f"FAILED: {line}", file=sys.stderr)
    return 1 if wrong else 0


def write(program, reason):
    # Other compilers were found to give the bits of the old file; of the new one nobody knows.
    result = {"reason": reason, "bits hold for": [environment(program)], "runs": {}}
    for name, precision in RUNS:
        folder = run(program, name, precision, 1, 1)
        result["runs"][f"{name}-{precision}"] = {"bits": bits(folder), "values": values(folder)}
    FILE.write_text(json.dumps(result, indent=1) + "\n")
    return 0


def spread(programs):
    stored = json.loads(FILE.read_text())["runs"]
    print(f"| build | {' | '.join(f'{name}, {precision}' for name, precision in RUNS)} |")
    print(f"|---|{'---|' * len(RUNS)}")
    for program in programs:
        cells = []
        for name, precision in RUNS:
            folder = run(program, name, precision, 1, 1)
            reference = stored[f"{name}-{precision}"]
            far = distances(reference["values"], values(folder))
            cells.append("same bits" if bits(folder) == reference["bits"] else f"{max(far.values()):.2g}")
        print(f"| {program} | {' | '.join(cells)} |", flush=True)
    return 0


def main():
    arguments = sys.argv[1:]
    if arguments == ["check"]:
        return check(os.environ["DWELL"])
    if len(arguments) == 2 and arguments[0] == "write":
        return write(os.environ["DWELL"], arguments[1])
    if len(arguments) > 1 and arguments[0] == "spread":
        return spread(arguments[1:])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
