"""Runs the examples at the sizes of sizes.py and checks the physics that each is for, and its numbers.

The numbers were printed by this script with --print. Runs are in double precision, so that another processor, compiler or FFT,
which round differently, change them by much less than TOLERANCE: a change in them is a change in what is computed. Environment as
for every script of ctest (tests/CMakeLists.txt).
"""
import os
import pathlib
import subprocess
import sys

import numpy as np

sys.dont_write_bytecode = True
from sizes import SMALL  # noqa: E402

SOURCE = pathlib.Path(os.environ["DWELL_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "python"))
import dwell  # noqa: E402

TOLERANCE = 1e-6
# Example: area parameter A_t, velocity, k of the shell where waves peak, dρ/dlnk there, at the end.
NUMBERS = {
    "first": [0.9411966245592716, 0.2627436487205037, 1.2335752338365669, 0.007050043939410749],
    "radiation": [0.9683019482326435, 0.6513339489696146, 1.946742946563551, 0.01275733910285775],
    "matter": [0.6971066646021079, 0.8726692595266985, 0.876034325953598, 1.7474541648854145e-05],
    "kination": [1.1379265559864915, 0.49695487884840356, 0.5011399387461053, 0.0016961356127606162],
    "plugin": [0.9868047685902178, 0.547352059117573, 2.002364173608224, 0.011186474446717859],
    "axion": [1.2937384873768043, np.nan, 1.1136443083246783, 0.00792332042000594],
    "many-domains": [1.4266345294760543, 0.9005603342433144, 1.001182086804112, 0.023126423669464335],
    "annihilation": [0.0, 1.9079931317046714, 1.4006403997158536, 0.00011126549547152195],
    "transition": [0.8253572366044262, 0.39729736315612063, 0.7008274607628783, 0.002798524497324668],
}
NOT_RUNS = {"scan", "corrector", "jump"}  # tests/docs/pages.py runs the scan, tests/surrogate/operator such nets
failures = []


def check(name, true, what):
    if not true:
        print(f"FAILED: {name}: {what}")
        failures.append(name)


def settings(name):
    for key, value in SMALL[name].items():
        yield from ("--set", f"{key}={value}")


def make(name):
    """The run of an example, after `dwell check` had nothing to say against it."""
    file = f"examples/{name}.cfg"
    command = [os.environ["DWELL"], "check", file, *settings(name)]
    said = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=False)
    check(name, said.returncode == 0, f"dwell check: {said.stderr}")
    for line in ("walls thinner than 2 dx", "horizon beyond half the box", "steps too long, resonance"):
        told = [text for text in said.stdout.splitlines() if line in text]
        check(name, len(told) == 1 and told[0].endswith("never in this run"), f"dwell check of the small size: {told}")
    check(name, "warning" not in said.stdout, "dwell check warns")
    whole = subprocess.run(command[:3], cwd=SOURCE, capture_output=True, text=True, check=False).stdout
    check(name, whole.count("never in this run") == 3 and "warning" not in whole, "dwell check isn't content with the example")
    output = pathlib.Path.cwd() / name
    run = [os.environ["DWELL"], "run", file, "--quiet", *settings(name), "--set", f"output={output}"]
    done = subprocess.run([*run, "--set", "precision=double", "--set", "store.slices=0"], cwd=SOURCE, check=False)
    check(name, done.returncode == 0, f"dwell run: exit code {done.returncode}")
    told = subprocess.run([os.environ["DWELL"], "analyse", output], capture_output=True, text=True, check=False)
    check(name, told.returncode == 0, f"dwell analyse: {told.stderr}")
    return dwell.open(output)


def numbers(run):
    gw = run.spectra.gw
    peak = gw.drho_dlnk[-1].argmax()
    end = run.timeseries
    return [float(x) for x in (end.area_parameter_t[-1], end.velocity[-1], gw.k[peak], gw.drho_dlnk[-1, peak])]


def at(run, tau, column="area_parameter_t"):
    return float(np.interp(tau, run.timeseries.tau, run.timeseries[column]))


def check_backgrounds(runs):
    """More walls in units of t the slower the expansion; ℋτ = p."""
    for name, p in (("matter", 2.0), ("radiation", 1.0), ("kination", 0.5)):
        end = runs[name].timeseries
        check(name, abs(end.conformal_hubble[-1] * end.tau[-1] / p - 1) < 1e-6, "H tau isn't that of its background")
        check(name, runs[name].params["fields.s"] == (1 if name == "radiation" else 0), "fat or physical walls")
    area = [at(runs[name], 8.0) for name in ("matter", "kination")]
    check("kination", area[1] > 1.3 * area[0], f"area parameters at tau = 8 of matter and kination are {area}")


def check_plugin():
    """With value 0 the C file is the double well, bit by bit; with its own it is another potential."""
    output = pathlib.Path.cwd() / "plugin-well"
    for keys in (["fields.potential_values=[0.0]"], ["fields.potential=double-well", "fields.potential_values=[]",
                                                    "fields.potential_file="]):
        sets = [part for key in keys for part in ("--set", key)]
        command = [os.environ["DWELL"], "run", "examples/plugin.cfg", "--quiet", *settings("plugin"), *sets]
        code = subprocess.run(
            [*command, "--set", f"output={output}", "--set", "precision=double", "--set", "store.slices=0"],
            cwd=SOURCE, check=False).returncode
        check("plugin", code == 0, f"exit code {code} with {keys}")
        output = output.with_name("built-in-well")
    own, well, built_in = (at(dwell.open(path), 4.4) for path in ("plugin", "plugin-well", "built-in-well"))
    check("plugin", well == built_in, f"with value 0 the area is {well}, of the double well {built_in}")
    check("plugin", abs(own / well - 1) > 1e-4, "the potential makes no difference")


def check_axion(run):
    """Three vacua with a third each, strings and junctions of walls."""
    fraction = run.sectors.sectors.fraction[-1]
    check("axion", len(fraction) == 3 and np.all(np.abs(fraction - 1 / 3) < 0.15), f"fractions of the vacua {fraction}")
    check("axion", run.timeseries.string_length[-1] > 0, "no strings")


def check_many_domains(run):
    """Starts much denser than a network and thins out; Rice's area of the noise."""
    rice = 0.2847 * run.params["fields.initial.cutoff"]
    check("many-domains", abs(run.timeseries.area[0] / rice - 1) < 0.05, f"area {run.timeseries.area[0]}, Rice {rice}")
    ratio = run.timeseries.area_parameter_t[0] / run.timeseries.area_parameter_t[-1]
    check("many-domains", ratio > 3, f"area parameter at the start over that at the end: {ratio}")


def check_annihilation(run):
    """One vacuum wins, and the waves are free after that: their averaged energy, which had grown, goes as a⁻⁴."""
    lost = run.timeseries.fraction_positive
    lost = np.minimum(lost, 1 - lost)
    check("annihilation", lost[0] > 0.4 and lost[-1] < 1e-3, f"false vacuum: {lost[0]} at the start, {lost[-1]} at the end")
    check("annihilation", run.timeseries.area_parameter_t[-1] < 0.01, "walls are left")
    gw = run.spectra.gw
    energy = (gw.drho_dlnk_averaged * np.gradient(np.log(gw.k))).sum(axis=1) * gw.a**4
    before = float(np.interp(8.0, gw.tau, energy))
    free = np.all(np.abs(energy[-5:] / energy[-1] - 1) < 0.2) and energy[-1] > 50 * before
    check("annihilation", free, f"energy of the waves times a^4: {before} at tau = 8, {energy[-5:]}")


def check_transition(run):
    """ℋ is that of matter before and of radiation after; the area parameter begins to rise."""
    series = run.timeseries
    before, after = (float(np.interp(tau, series.tau, series.conformal_hubble)) for tau in (4.5, 12.0))
    check("transition", abs(before * 4.5 / 2 - 1) < 0.01, f"H tau before is {before * 4.5}")
    later = float(np.interp(9.0, series.tau, series.conformal_hubble))
    # Radiation: 1/H is tau plus a constant.
    check("transition", abs((1 / after - 1 / later) / 3.0 - 1) < 0.01, f"1/H grows by {(1 / after - 1 / later) / 3.0}")
    rise = at(run, 12.0) / at(run, 5.0)
    check("transition", rise > 1.1, f"area parameter after over before: {rise}")


def main():
    files = {path.stem for path in (SOURCE / "examples").glob("*.cfg")}
    check("examples", files == set(SMALL) | NOT_RUNS, f"not in sizes.py: {files ^ (set(SMALL) | NOT_RUNS)}")
    runs = {name: make(name) for name in SMALL}
    if sys.argv[1:] == ["--print"]:
        for name, run in runs.items():
            print(f'    "{name}": {numbers(run)},')
        return 0
    for name, run in runs.items():
        for found, expected in zip(numbers(run), NUMBERS[name], strict=True):
            same = abs(found - expected) <= TOLERANCE * abs(expected) or (np.isnan(found) and np.isnan(expected))
            check(name, same, f"{numbers(run)} instead of {NUMBERS[name]}")
    check_backgrounds(runs)
    check_plugin()
    check_axion(runs["axion"])
    check_many_domains(runs["many-domains"])
    check_annihilation(runs["annihilation"])
    check_transition(runs["transition"])
    print(f"{len(runs)} examples, {len(failures)} failure(s)")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
