"""Catches snapshots that ParaView can't open or shows turned, and walls that are rendered wrongly.

VTK's XDMF reader is in python3-paraview, its rendering in python3-vtk9 or python3-paraview, with an X display or xvfb.
"""
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree

import h5py
import numpy as np
import pytest
from conftest import SOURCE

import dwell
from dwell import pictures

SCRIPT = SOURCE / "python" / "render_walls.py"


def test_xdmf_names_what_is_there(plain):
    root = xml.etree.ElementTree.parse(plain / "snapshots" / "snapshots.xdmf").getroot()
    shots = dwell.open(plain).snapshots
    grids = root.findall(".//Grid[@GridType='Uniform']")
    assert [float(grid.find("Time").get("Value")) for grid in grids] == [shot.tau for shot in shots] and len(shots) == 2
    for grid, shot in zip(grids, shots):
        items = grid.findall("Attribute/DataItem")
        assert [grid.find(f"Attribute[{i + 1}]").get("Name") for i in range(len(items))] == shot.names
        for item in items:
            name, _, dataset = item.text.strip().partition(":")
            with h5py.File(plain / "snapshots" / name) as file:
                data = file[dataset]
                assert " ".join(map(str, data.shape)) == item.get("Dimensions") and data.dtype.itemsize == int(
                    item.get("Precision")
                )
        steps = [float(x) for x in grid.findall("Geometry/DataItem")[1].text.split()]
        assert steps == [shot.spacing] * 3


def test_a_snapshot_without_meshes(plain, folder):
    path = shutil.copy(dwell.open(plain).snapshots[0].path, folder / "snapshot_000001.h5")
    with h5py.File(path, "a") as file:
        (iteration,) = file["data"]
        for name in list(file[f"data/{iteration}/meshes"]):
            del file[f"data/{iteration}/meshes/{name}"]
    with pytest.raises(dwell.DwellFileError, match="is damaged or incomplete"):
        dwell.run.Snapshot(path)


def test_xdmf_opens_with_vtk(plain):
    vtk = pytest.importorskip("vtk", reason="no VTK for Python (python3-vtk9, python3-paraview)")
    if not hasattr(vtk, "vtkXdmfReader"):
        pytest.skip("this VTK has no XDMF reader; python3-paraview has")
    from vtk.util.numpy_support import vtk_to_numpy

    reader = vtk.vtkXdmfReader()
    reader.SetFileName(str(plain / "snapshots" / "snapshots.xdmf"))
    reader.UpdateInformation()
    times = reader.GetOutputInformation(0).Get(vtk.vtkStreamingDemandDrivenPipeline.TIME_STEPS())
    shots = dwell.open(plain).snapshots
    assert list(times) == [shot.tau for shot in shots]
    for tau, shot in zip(times, shots):
        reader.UpdateTimeStep(tau)
        image = reader.GetOutputDataObject(0)
        assert image.GetDimensions() == (32, 32, 32) and image.GetSpacing() == pytest.approx([shot.spacing] * 3)
        for name in ("phi", "phi_prime"):
            # VTK's first index is the fastest: z of the lattice.
            seen = vtk_to_numpy(image.GetPointData().GetArray(name)).reshape(32, 32, 32)
            assert np.array_equal(seen, shot[name])


class Ball:
    """A snapshot with the value of a ball, positive inside, about the middle of the box or its corner."""

    names, spacing = ["phi"], 0.25

    def __init__(self, corner, radius=2.5, points=32):
        axis = (np.arange(points) - (0 if corner else points / 2)) * self.spacing
        side = points * self.spacing
        x, y, z = np.meshgrid(*[(axis + side / 2) % side - side / 2] * 3, indexing="ij")
        self.field = radius - np.sqrt(x**2 + (y / 1.2) ** 2 + (z / 1.4) ** 2)

    def __getitem__(self, name):
        return self.field


def load():
    """render_walls.py as a module."""
    specification = importlib.util.spec_from_file_location("render_walls", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("corner", [False, True])
def test_surface(corner):
    """Area and extent of an ellipsoid, which lies along the axes that it should, also where it crosses the box's sides; and
    which side is the front."""
    vtk = pytest.importorskip("vtk", reason="no VTK for Python (python3-vtk9, python3-paraview)")
    from vtk.util.numpy_support import vtk_to_numpy

    surface, length = load().surface_of(Ball(corner))
    assert length == 8
    points = vtk_to_numpy(surface.GetPoints().GetData()).astype(float)
    triangles = vtk_to_numpy(surface.GetPolys().GetData()).reshape(-1, 4)[:, 1:]
    a, b, c = (points[triangles[:, i]] for i in range(3))
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    p = 1.6075  # Thomsen's formula, right to 1.1 %
    semi = np.array([2.5, 3.0, 3.5])
    whole = 4 * np.pi * (sum(np.prod(np.delete(semi, i)) ** p for i in range(3)) / 3) ** (1 / p)
    assert areas.sum() == pytest.approx(whole, rel=0.02)
    if corner:  # what leaves on one side comes in on the other
        for axis in range(3):
            low, high = (
                np.unique(np.delete(points[np.abs(points[:, axis] - at) < 1e-6], axis, 1).round(4), axis=0)
                for at in (0, length)
            )
            assert len(low) > 20 and np.array_equal(low, high)
    else:
        assert points.max(axis=0) - points.min(axis=0) == pytest.approx(2 * semi, abs=0.15)
        faces = np.einsum("ij,ij->i", np.cross(b - a, c - a), (a + b + c) / 3 - 4)
        assert np.all(faces > -1e-12) and (faces > 1e-6).mean() > 0.9  # the front, blue, looks towards negative values
    assert vtk.vtkVersion is not None


def test_picture(plain, tmp_path):
    """The script itself: both colours of the walls on white."""
    pytest.importorskip("vtk", reason="no VTK for Python (python3-vtk9, python3-paraview)")
    if not os.environ.get("DISPLAY") and (shutil.which("xvfb-run") is None or shutil.which("xauth") is None):
        pytest.skip("no X display, and no xvfb and xauth")
    target = tmp_path / "walls.png"
    done = subprocess.run(
        [sys.executable, SCRIPT, plain, target, "--size", "300", "--surface", tmp_path / "walls.vtp"],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    pixels = pictures.read_pixels(target).astype(int)
    red, green, blue = (pixels[..., i] for i in range(3))
    assert pixels.shape == (300, 300, 3) and (red > blue + 60).mean() > 0.02 and (blue > red + 40).mean() > 0.02
    assert ((red == 255) & (green == 255)).mean() > 0.1 and (tmp_path / "walls.vtp").stat().st_size > 10000


def test_script_refuses(copy, tmp_path):
    pytest.importorskip("vtk", reason="no VTK for Python (python3-vtk9, python3-paraview)")

    def call(*arguments):
        done = subprocess.run(
            [sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stderr

    code, err = call(copy, tmp_path / "x.png", "--step", "1")
    assert code == 3 and "no snapshot of step 1; it has" in err
    shutil.rmtree(pathlib.Path(copy) / "snapshots")
    code, err = call(copy, tmp_path / "x.png")
    assert code == 3 and "store.snapshots" in err
    assert call(tmp_path, tmp_path / "x.png")[0] == 3 and call()[0] == 2
