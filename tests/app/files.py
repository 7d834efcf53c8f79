"""files.py RUN: snapshots, their list, slices, spectra and the time series of a run are whole and fit together.

Catches a picture, an XML file or an HDF5 attribute that other programs can't read. Exit code 0 or 1.
"""
import csv
import pathlib
import struct
import sys
import xml.etree.ElementTree as xml
import zlib

import h5py
import numpy as np


def check_png(path):
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", f"{path}: no PNG signature"
    at, kinds, pixels = 8, [], b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (crc,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert crc == zlib.crc32(kind + body), f"{path}: checksum of {kind}"
        kinds.append(kind)
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        if kind == b"IDAT":
            pixels += body
        at += 12 + length
    assert kinds[0] == b"IHDR" and kinds[-1] == b"IEND", f"{path}: {kinds}"
    assert width == height >= 512 and depth == 8 and colour == 2, f"{path}: {width} x {height}"
    raw = zlib.decompress(pixels)
    assert len(raw) == height * (3 * width + 1), f"{path}: pixels are missing"
    assert len(set(raw)) > 10, f"{path}: a picture of one colour"


def check_snapshot(path, taus):
    with h5py.File(path) as file:
        (step,) = file["data"].keys()
        base = file[f"data/{step}"]
        assert path.name == f"snapshot_{int(step):06d}.h5", path
        assert file.attrs["openPMD"] in (b"1.1.0", "1.1.0"), path
        assert float(base.attrs["time"]) == taus[int(step)], f"{path}: tau isn't that of its row"
        for mesh in ("phi", "phi_prime"):
            values = base[f"meshes/{mesh}"][()]
            assert values.shape == (file.attrs["lattice.points"],) * 3 and np.all(np.isfinite(values)), path
        check_record(file, path)
        return int(step), float(base.attrs["time"])


def check_record(file, path):
    """Provenance and parameters, equal to config.cfg."""
    for name in ("version", "git", "git_clean", "compiler", "flags", "mpi", "fftw", "hdf5", "host", "processes",
                 "threads", "command", "seed", "start_time"):
        assert len(file.attrs[f"provenance.{name}"]) > 0, f"{path}: provenance.{name}"
    assert file.attrs["format_version"] >= 1 and file.attrs["seed"] == 7, path
    config = file.attrs["config"]
    config = config.decode() if isinstance(config, bytes) else config
    folder = path.parent if path.name in ("spectra.h5", "walls.h5") else path.parent.parent
    assert config == (folder / "config.cfg").read_text(), f"{path}: its parameters aren't those of config.cfg"


def check_xdmf(path, snapshots):
    root = xml.parse(path).getroot()
    times = [float(item.get("Value")) for item in root.iter("Time")]
    assert times == [tau for _, tau in snapshots], f"{path}: times {times}"
    items = [item for item in root.iter("DataItem") if item.get("Format") == "HDF"]
    assert len(items) >= 2 * len(snapshots), f"{path}: {len(items)} fields"
    for item in items:
        name, dataset = item.text.strip().split(":")
        with h5py.File(path.parent / name) as file:
            shape = tuple(int(n) for n in item.get("Dimensions").split())
            assert file[dataset].shape == shape, f"{path}: {item.text}"
            assert int(item.get("Precision")) == file[dataset].dtype.itemsize, f"{path}: {item.text}"


def check_spectra(path, rows):
    with h5py.File(path) as file:
        check_record(file, path)
        group = file["field"]
        length, shells = group["power"].shape
        assert group["tau"].shape == group["a"].shape == group["step"].shape == (length,), path
        assert group["k"].shape == group["count"].shape == (shells,), path
        for name in group:
            assert group[name].attrs["unit"] and group[name].attrs["description"], f"{path}: {name}"
        by_step = {int(row["step"]): row for row in rows}
        for step, tau in zip(group["step"][()], group["tau"][()]):
            assert float(by_step[int(step)]["tau"]) == tau, f"{path}: a spectrum without its row"
        steps = group["step"][()]
        assert steps[0] == 0 and steps[-1] == int(rows[-1]["step"]) and np.all(np.diff(steps) > 0), path


def check_walls(path, rows):
    """Times are those of the spectra; numbers and areas add up to the time series."""
    with h5py.File(path) as file, h5py.File(path.parent / "spectra.h5") as spectra:
        check_record(file, path)
        assert np.array_equal(file["time/step"][()], spectra["field/step"][()]), f"{path}: other times than spectra"
        for name in [f"{group}/{name}" for group in file for name in file[group]]:
            assert file[name].attrs["unit"] and file[name].attrs["description"], f"{path}: {name}"
        by_step = {int(row["step"]): row for row in rows}
        domains = walls = 0
        for t, step in enumerate(file["time/step"][()]):
            row = by_step[int(step)]
            assert int(row["domains"]) == file["time/domains"][t], f"{path}: domains of step {step}"
            assert int(row["walls"]) == file["time/walls"][t], f"{path}: walls of step {step}"
            here = slice(domains, domains + file["time/domains_listed"][t])
            volume, sign = file["domains/volume_fraction"][here], file["domains/sign"][here]
            assert volume[0] == float(row["domain_largest"]) and np.all(np.diff(volume) <= 0), f"{path}: volumes"
            if len(volume) == file["time/domains"][t]:
                assert abs(volume.sum() - 1) < 1e-12, f"{path}: volumes of step {step}"
                assert abs(volume[sign > 0].sum() - float(row["fraction_positive"])) < 1e-12, f"{path}: signs"
            domains = here.stop
            here = slice(walls, walls + file["time/walls_listed"][t])
            area, closed = file["walls/area"][here], file["walls/closed"][here].astype(bool)
            if len(area) == file["time/walls"][t]:
                assert abs(area.sum() - float(row["area"])) < 1e-12 * float(row["area"]), f"{path}: area"
                assert abs(area[closed].sum() - float(row["area_closed"])) <= 1e-12 * float(row["area"]), path
                assert int(row["walls_closed"]) == closed.sum(), f"{path}: closed walls of step {step}"
            walls = here.stop
        assert file["domains/label"].shape == (domains,) and file["walls/area"].shape == (walls,), path
        assert all((row["walls"] == "") == (int(row["step"]) not in file["time/step"][()]) for row in rows), path


def main():
    run = pathlib.Path(sys.argv[1])
    with open(run / "timeseries.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    header = ("step,tau,a,conformal_hubble,t,phi_mean,phi_rms,energy_kinetic,energy_gradient,energy_potential,area,"
              "area_parameter_h,area_parameter_t,velocity,gamma_velocity,fraction_positive,rho_gw").split(",")
    assert list(rows[0])[: len(header)] == header, "columns of timeseries.csv"
    steps = [int(row["step"]) for row in rows]
    assert steps == sorted(set(steps)) and steps[0] == 0, "steps of timeseries.csv"
    taus = {int(row["step"]): float(row["tau"]) for row in rows}

    snapshots = [check_snapshot(path, taus) for path in sorted((run / "snapshots").glob("*.h5"))]
    assert len(snapshots) == 2, f"{len(snapshots)} snapshots"
    check_xdmf(run / "snapshots" / "snapshots.xdmf", snapshots)
    pictures = sorted((run / "slices").iterdir())
    assert len(pictures) == 3, f"{len(pictures)} slices"
    for picture in pictures:
        check_png(picture)
    check_spectra(run / "spectra.h5", rows)
    check_walls(run / "walls.h5", rows)


if __name__ == "__main__":
    try:
        main()
    except AssertionError as wrong:
        print(f"{sys.argv[1]}: {wrong}", file=sys.stderr)
        sys.exit(1)
