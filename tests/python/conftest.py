"""Small runs that tests share, and copies of them to spoil."""
import os
import pathlib
import shutil
import subprocess

import h5py
import numpy as np
import pytest

DWELL = os.environ["DWELL"]
SOURCE = pathlib.Path(os.environ["DWELL_SOURCE_DIR"])

# Fat walls: resolved at all times on few points; a start of large amplitude has walls early.
CONFIG = """
name = "tiny <network> & co";
seed = 7;
lattice = { points = 32; length = 20.0; };
time = { end = 10.0; step = 0.25; };
fields = { s = 0.0; initial = { rms = 0.5; cutoff = 1.5; }; };
gw = { coarsening = 2; };
analysis = { interval = 0.25; spectra_interval = 0.5; utc_reference = [ 6.0, 8.0 ]; tracks = 64; stress_parts = true; };
store = { snapshots = [ 8.0, 10.0 ]; slices = 1.0; };
"""


def call(*arguments, code=0, **more):
    """Runs dwell, expects this exit code, returns (stdout, stderr)."""
    done = subprocess.run([DWELL, *map(str, arguments)], capture_output=True, text=True, check=False, **more)
    assert done.returncode == code, f"exit code {done.returncode} of dwell {arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout, done.stderr


def make(directory, *settings, code=0):
    """A run in DIRECTORY, CONFIG with these settings."""
    config = directory.with_suffix(".cfg")
    config.write_text(CONFIG)
    sets = [part for setting in (f"output={directory}", *settings) for part in ("--set", setting)]
    call("run", config, "--quiet", *sets, code=code)
    return directory


def write_dataset(folder):
    """dataset.h5 as docs/files.md has it: two points and a cheap twin, of which the first has two seeds; returns path and values."""
    path = folder / "dataset.h5"
    random = np.random.default_rng(3)
    values = np.array([[0.1, 2.0], [0.1, 2.0], [0.5, 4.0], [0.1, 2.0], [0.5, 4.0]])
    runs = {
        "id": ["a", "b", "c", "d", "e"],
        "point": [0, 0, 1, 0, 1],
        "seed": [2, 1, 1, 1, 2],
        "level": [0, 0, 0, 1, 0],
        "blind": [0, 0, 1, 0, 1],
        "seconds": [1.0] * 5,
        "values": values,
    }
    series = random.uniform(1, 2, (5, 3, 2))
    series[:, :, 0] = [1, 2, 3]
    series[2, 2, :] = np.nan  # a run with fewer rows
    with h5py.File(path, "w") as file:
        file.attrs["format_version"], file.attrs["dataset_version"], file.attrs["name"] = 3, 1, "a <scan>"
        file.attrs["provenance.version"], file.attrs["scan"] = "0", 'base = "b.cfg";'
        file["parameters/key"], file["parameters/unit"] = ["cosmology.w", "fields.initial.cutoff"], ["1", "m"]
        file["parameters/low"], file["parameters/high"], file["parameters/logarithmic"] = [0.0, 1.0], [1.0, 5.0], [0, 1]
        for name, data in runs.items():
            file[f"runs/{name}"] = data
        file["timeseries/column"], file["timeseries/value"] = ["tau", "area_parameter_t"], series
        for group, name in (("gw", "drho_dlnk"), ("etc", "value")):
            file[f"{group}/tau"], file[f"{group}/k"] = np.tile([1.0, 3.0], (5, 1)), np.tile([1.0, 2, 3, 4], (5, 1))
            file[f"{group}/count"], file[f"{group}/{name}"] = np.ones((5, 4)), random.uniform(1, 2, (5, 2, 4))
        file["gw/drho_dlnk"][2, 1] = np.nan
    return path, values


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="session")
def analysed(folder):
    """A finished run with all kinds of files, and its analysis."""
    run = make(folder / "analysed")
    call("analyse", run, "--eta", 1e6, "--lambda", 0.1, "--temperature", 1)
    return run


@pytest.fixture(scope="session")
def plain(folder):
    """A finished run of another seed, without tracks and analysis."""
    return make(folder / "plain", "seed=8", "analysis.tracks=0", "analysis.stress_parts=false")


@pytest.fixture(scope="session")
def seeds(folder):
    """Three runs of one set-up."""
    return [make(folder / f"plotted{seed}", f"seed={seed}", "time.end=4", "analysis.tracks=0") for seed in (1, 2, 3)]


@pytest.fixture
def copy(plain, tmp_path):
    """A copy of `plain` that a test may spoil."""
    return pathlib.Path(shutil.copytree(plain, tmp_path / "copy"))
