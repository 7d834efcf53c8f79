"""Small runs that tests share, and copies of them to spoil."""
import os
import pathlib
import shutil
import subprocess

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


@pytest.fixture
def copy(plain, tmp_path):
    """A copy of `plain` that a test may spoil."""
    return pathlib.Path(shutil.copytree(plain, tmp_path / "copy"))
