"""Catches numbers that are read wrongly, a run that can't be read while it goes on, and a damaged file that passes."""
import csv
import re
import subprocess

import h5py
import numpy as np
import pytest
from conftest import DWELL, SOURCE, call, make

import dwell


def everything(run):
    """Reads all there is."""
    for name in (
        "timeseries",
        "spectra",
        "walls",
        "tracks",
        "snapshots",
        "slices",
        "checkpoints",
        "provenance",
        "analysis",
    ):
        if run.has(name):
            getattr(run, name)
    for shot in run.snapshots:
        assert np.all(np.isfinite(shot.phi))


def test_timeseries(analysed):
    run = dwell.open(analysed)
    with open(analysed / "timeseries.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(run.timeseries.tau) >= 30
    for name in rows[0]:
        mine = np.array([float(row[name]) if row[name] else np.nan for row in rows])
        assert np.array_equal(run.timeseries[name], mine, equal_nan=True), name
    assert run.timeseries.step.dtype == np.int64
    assert np.isnan(run.timeseries.string_length).all() and np.isfinite(run.timeseries.velocity).all()


def test_spectra_and_tracks(analysed):
    run = dwell.open(analysed)
    assert set(run.spectra) == {"field", "etc", "gw", "stress", "utc"}
    with h5py.File(analysed / "spectra.h5") as file:
        for group in file:
            for name, data in file[group].items():
                assert np.array_equal(run.spectra[group][name], data[()], equal_nan=True), (group, name)
                assert run.spectra[group].units[name] == data.attrs["unit"]
            assert run.spectra[group].attributes == dict(file[group].attrs)
    assert run.spectra.attributes["provenance.version"] == run.provenance["version"]
    # Where all modes of a shell are tracked, their squares have the shell's correlator as their mean.
    tracks, etc = run.tracks, run.spectra.etc
    at = np.flatnonzero(tracks.tau == etc.tau[-1])[0]
    mine = (tracks.amplitude[at] ** 2).sum(axis=1)[tracks.shell == 1].mean()
    assert mine == pytest.approx(etc.value[-1, 0], rel=1e-6)


def test_walls_and_domains(analysed):
    """Lists of one time: shares of the box add up to one, areas to that of the time series."""
    run = dwell.open(analysed)
    for i, step in enumerate(run.walls.time.step):
        domains, walls = run.walls_at(i)
        assert len(domains.label) == run.walls.time.domains[i] and domains.volume_fraction.sum() == pytest.approx(1)
        row = np.flatnonzero(run.timeseries.step == step)[0]
        assert walls.area.sum() == pytest.approx(run.timeseries.area[row], rel=1e-9)
    assert i > 5


def test_snapshots_and_checkpoints(analysed):
    run = dwell.open(analysed)
    assert [shot.tau for shot in run.snapshots] == pytest.approx([8, 10], abs=0.3)
    shot = run.snapshots[-1]
    with h5py.File(shot.path) as file:
        meshes = file[f"data/{shot.step}/meshes"]
        assert np.array_equal(shot.phi, meshes["phi"][()]) and np.array_equal(
            shot["phi_prime"], meshes["phi_prime"][()]
        )
    assert shot.spacing == 20 / 32 and shot.a == pytest.approx(run.timeseries.a[-1])
    assert np.mean(shot.phi > 0) == pytest.approx(run.timeseries.fraction_positive[-1], abs=1e-12)
    with pytest.raises(KeyError, match="it has phi, phi_prime"):
        shot["rho"]
    with pytest.raises(AttributeError, match="phi_2"):
        shot.phi_2
    (state,) = run.checkpoints
    assert state.step == shot.step and np.array_equal(state["phi"], shot.phi) and "gw/h_xy" in state.names


def test_analysis(analysed):
    run = dwell.open(analysed)
    with h5py.File(analysed / "analysis/analysis.h5") as file:
        assert np.array_equal(run.analysis.route.drho_dlnk, file["route/drho_dlnk"][()])
        assert run.analysis.coherence.attributes["best"] == file["coherence"].attrs["best"]
    assert "one-scale model" in run.analysis_text
    # The solution starts at the first row of the window and has the rows' times.
    solution = run.analysis.walls.vos_solution
    rows = np.searchsorted(run.timeseries.tau, solution[:, 0])
    assert np.array_equal(run.timeseries.tau[rows], solution[:, 0]) and len(rows) > 5
    assert solution[0, 1:] == pytest.approx(
        [run.timeseries.area_parameter_t[rows[0]], run.timeseries.velocity[rows[0]]]
    )
    # Its rms deviation is what the analysis says.
    deviation = np.sqrt(np.mean((solution[1:, 1] / run.timeseries.area_parameter_t[rows][1:] - 1) ** 2))
    said = float(re.search(r"rms deviation +([\d.]+) %", run.analysis_text)[1])
    assert 100 * deviation == pytest.approx(said, abs=0.06)


def test_other_files(folder):
    """Sectors of a complex field, and the scale factor that a field drives."""
    axion = dwell.open(
        make(
            folder / "axion",
            "time.end=2",
            "fields.potential=z-n",
            "fields.s=1",
            "lattice.length=7",
            "analysis.tracks=0",
            "store.snapshots=[2.0]",
        )
    )
    sectors = axion.sectors.sectors
    assert sectors.fraction.sum(axis=1) == pytest.approx(1) and sectors.pairs.shape == (3, 2)
    assert sectors.area_between.sum(axis=1) == pytest.approx(sectors.area) and len(axion.snapshots[-1].names) == 4
    assert axion.snapshots[-1][axion.snapshots[-1].names[0]].shape == (32, 32, 32)
    driven = dwell.open(
        make(
            folder / "driven",
            "time.end=1.5",
            "cosmology.background=self-consistent",
            "fields.s=1",
            "cosmology.eta=0.1",
            "lattice.length=7",
            "analysis.tracks=0",
        )
    )
    assert driven.expansion.a[-1] == pytest.approx(driven.timeseries.a[-1], rel=1e-12)
    assert np.all(np.diff(driven.expansion.tau) > 0) and not driven.has("tracks")
    rows = np.array([[1.0, 1.0], [1.5, 1.6], [2.0, 2.2], [3.0, 3.5]])
    np.savetxt(folder / "table.txt", rows)
    tabled = dwell.open(
        make(
            folder / "tabled",
            "time.end=1.5",
            "cosmology.background=table",
            "lattice.length=7",
            f"cosmology.table={folder / 'table.txt'}",
            "analysis.tracks=0",
        )
    )
    assert np.array_equal(tabled.background.tau, rows[:, 0]) and np.array_equal(tabled.background.a, rows[:, 1])


def test_what_a_run_lacks(plain):
    """The message tells the parameter or command."""
    run = dwell.open(plain)
    for name, hint in (
        ("tracks", "analysis.tracks"),
        ("sectors", "z-n"),
        ("analysis", "dwell analyse"),
        ("expansion", "self-consistent"),
        ("background", "no table"),
    ):
        assert not run.has(name)
        with pytest.raises(dwell.DwellMissing, match=hint):
            getattr(run, name)
    assert run.has("spectra.gw") and not run.has("spectra.stress") and run.finished
    with pytest.raises(AttributeError, match="it has .*field"):
        run.spectra.stress


def test_while_it_runs(folder):
    """Everything that can be read at any moment of a run is whole, and grows."""
    config = make(folder / "before", "time.end=1.5").with_suffix(".cfg")
    target = folder / "going"
    child = subprocess.Popen(
        [
            DWELL,
            "run",
            config,
            "--quiet",
            "--set",
            f"output={target}",
            "--set",
            "time.end=8",
            "--set",
            "analysis.interval=0.01",
            "--set",
            "analysis.spectra_interval=0.01",
            "--set",
            "store.slices=0.3",
            "--set",
            "store.snapshots=[2.0,3.0,4.0]",
        ],
        stdout=subprocess.DEVNULL,
    )
    lengths, reads = [], 0
    try:
        while child.poll() is None:
            if (target / "config.cfg").exists():
                run = dwell.open(target)
                everything(run)
                reads += 1
                lengths.append(len(run.timeseries.tau) if run.has("timeseries") else 0)
    finally:
        child.kill()
        child.wait()
    assert child.returncode == 0 and reads >= 3
    assert lengths == sorted(lengths) and len(set(lengths)) >= 2
    assert dwell.open(target).finished


def test_unfinished_and_refresh(folder):
    target = make(folder / "short", "time.end=2")
    run = dwell.open(target)
    assert run.finished and run.timeseries.tau[-1] == pytest.approx(2)
    call("run", folder / "short.cfg", "--restart", "--quiet", "--set", f"output={target}", "--set", "time.end=2.5")
    assert run.timeseries.tau[-1] == pytest.approx(2)
    run.refresh()
    assert run.timeseries.tau[-1] == pytest.approx(2.5, abs=0.2)


def test_torn_line(copy):
    """The last line of a run that goes on may be half a line, and may look like a whole one."""
    path = copy / "timeseries.csv"
    whole = path.read_bytes()
    rows = dwell.open(copy).timeseries
    lines = whole.splitlines(keepends=True)
    for end in (1, len(lines[-1]) // 2, len(lines[-1]) - 1):
        path.write_bytes(b"".join(lines[:-1]) + lines[-1][:end])
        run = dwell.open(copy)
        assert np.array_equal(run.timeseries.tau, rows.tau[:-1]) and not run.finished


def refused(run, name, *hints):
    with pytest.raises(dwell.DwellFileError) as caught:
        getattr(dwell.open(run), name)
    for hint in hints:
        assert hint in str(caught.value), str(caught.value)


def test_spoiled_timeseries(copy):
    path = copy / "timeseries.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:3], lines[3] + ",1", *lines[4:]]) + "\n")
    refused(copy, "timeseries", "timeseries.csv, line 4", "cells instead of", "copy")
    path.write_text("\n".join([*lines[:3], "x" + lines[3], *lines[4:]]) + "\n")
    refused(copy, "timeseries", "line 4, column step", "is no number")
    path.write_text("time,value\n1,2\n")
    refused(copy, "timeseries", "isn't a time series of dwell")
    path.write_text("")
    refused(copy, "timeseries", "isn't a time series of dwell")


def test_damaged_hdf5(copy):
    """Truncated anywhere, overwritten, empty, or another program's."""
    path = copy / "spectra.h5"
    whole = path.read_bytes()
    for part in (0, 0.001, 0.1, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(part * len(whole))])
        refused(copy, "spectra", "spectra.h5", "restore it from a copy or run again")
    path.write_bytes(b"x" * len(whole))
    refused(copy, "spectra", "isn't an HDF5 file")
    path.write_bytes(whole[:64] + b"\xff" * 600 + whole[664:])
    refused(copy, "spectra", "spectra.h5")
    with h5py.File(path, "w") as file:
        file["x"] = [1]
    refused(copy, "spectra", "isn't a file of dwell")


def test_newer_format(copy):
    with h5py.File(copy / "spectra.h5", "a") as file:
        file.attrs["format_version"] = dwell.FORMAT_VERSION + 1
    refused(copy, "spectra", "has format 4, this package knows 3", "use the package of the dwell that wrote it")
    version = re.search(r"DW_FORMAT_VERSION = (\d+)", (SOURCE / "lattice/format.h").read_text())
    assert int(version[1]) == dwell.FORMAT_VERSION


def test_wrong_places(tmp_path, copy):
    with pytest.raises(dwell.DwellFileError, match="isn't a directory"):
        dwell.open(tmp_path / "nothing")
    with pytest.raises(dwell.DwellFileError, match="has no config.cfg"):
        dwell.open(tmp_path)
    (copy / "config.cfg").write_text("a = 1;")
    with pytest.raises(dwell.DwellFileError, match="lacks lattice.points"):
        dwell.open(copy)


def test_foreign_picture(copy):
    (copy / "slices" / "phi_999999.png").write_bytes(b"not a picture")
    refused(copy, "slices", "phi_999999.png isn't a whole PNG file")


def test_damaged_checkpoint_is_left_out(copy):
    run = dwell.open(copy)
    (state,) = run.checkpoints
    state.path.write_bytes(state.path.read_bytes()[:1000])
    assert run.checkpoints == []
