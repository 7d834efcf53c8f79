"""Catches means over the wrong rows, means of runs that differ, and a data set that is read wrongly."""
import h5py
import numpy as np
import pytest
from conftest import make, write_dataset

import dwell


@pytest.fixture(scope="module")
def seeds(folder):
    settings = ("time.end=3", "analysis.tracks=0", "analysis.utc_reference=[]")
    return [make(folder / f"seed{seed}", f"seed={seed}", f"store.slices={seed}", *settings) for seed in (1, 2, 3)]


def test_means(seeds):
    ens = dwell.open(*seeds)
    assert ens.same and len(ens) == 3 and ens[1].params["seed"] == 2
    stack = np.stack([run.timeseries.area for run in ens])
    assert ens.timeseries.area == pytest.approx(stack.mean(axis=0), rel=1e-14)
    assert ens.timeseries.area_std == pytest.approx(stack.std(axis=0, ddof=1), rel=1e-12)
    assert ens.timeseries.area_sem == pytest.approx(stack.std(axis=0, ddof=1) / np.sqrt(3), rel=1e-12)
    stack = np.stack([run.spectra.gw.drho_dlnk for run in ens])
    means = ens.spectra("gw")
    assert (
        means.drho_dlnk == pytest.approx(stack.mean(axis=0), rel=1e-14) and means.drho_dlnk_std.shape == stack.shape[1:]
    )
    assert "drho_dlnk_error" not in means and np.array_equal(means.k, ens[0].spectra.gw.k)


def test_rows_in_common(seeds, tmp_path):
    """A run that isn't finished has fewer rows; one that lacks a row in the middle isn't shifted."""
    import shutil

    short = shutil.copytree(seeds[1], tmp_path / "short")
    lines = (short / "timeseries.csv").read_text().splitlines(keepends=True)
    (short / "timeseries.csv").write_text("".join(lines[:3] + lines[4:-2]))
    ens = dwell.open(seeds[0], short)
    full, part = ens[0].timeseries, ens[1].timeseries
    assert np.array_equal(ens.timeseries.step, part.step) and len(part.step) == len(full.step) - 3
    at = np.searchsorted(full.step, part.step)
    assert ens.timeseries.tau == pytest.approx(full.tau[at], rel=1e-14)
    assert ens.timeseries.area == pytest.approx((full.area[at] + part.area) / 2, rel=1e-14)


def test_runs_that_differ(seeds, plain):
    ens = dwell.open(seeds[0], plain)
    assert not ens.same and ens.differences["time.end"] == [3.0, 10.0] and "seed" not in ens.differences
    for ask in (lambda: ens.timeseries, lambda: ens.spectra("gw")):
        with pytest.raises(dwell.DwellFileError, match="differ in .*time.end"):
            ask()
    twice = dwell.open(seeds[0], seeds[0])
    assert not twice.same
    with pytest.raises(dwell.DwellFileError, match="not even in their seed"):
        twice.timeseries  # noqa: B018


def test_data_set(tmp_path):
    """A file as docs/files.md has it."""
    path, values = write_dataset(tmp_path)
    found = dwell.open_scan(tmp_path)
    assert (
        found.keys == ["cosmology.w", "fields.initial.cutoff"]
        and len(found) == 5
        and np.array_equal(found.values, values)
    )
    assert (
        np.array_equal(found.points(), [0, 1])
        and np.array_equal(found.members(0), [1, 0])
        and found.members(0, 1) == [3]
    )
    with h5py.File(path) as file:
        assert np.array_equal(found.timeseries["area_parameter_t"], file["timeseries/value"][:, :, 1], equal_nan=True)
    assert set(found.spectra) == {"gw", "etc"}
    with h5py.File(path, "a") as file:
        file.attrs["dataset_version"] = 2
    with pytest.raises(dwell.DwellFileError, match="data set version 2"):
        dwell.open_scan(path)
    with h5py.File(path, "a") as file:
        file.attrs["dataset_version"] = 1
        series = file["timeseries/value"][()]
        del file["timeseries/value"]
        file["timeseries/value"] = series[:, :, 0]
    with pytest.raises(dwell.DwellFileError, match="is damaged"):
        dwell.open_scan(path)
    with h5py.File(path, "a") as file:
        del file["timeseries/value"]
        file["timeseries/value"] = series
        del file["runs/point"]
    with pytest.raises(dwell.DwellFileError, match="lacks 'point'"):
        dwell.open_scan(path)
