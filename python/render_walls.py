#!/usr/bin/env python3
"""render_walls.py RUN_DIR PICTURE.png [--step N] [--size PIXELS] [--surface FILE.vtp]: the walls of a snapshot, φ = 0, with VTK.

The periodic box is drawn as it is. A wall is red as seen from φ > 0, and blue from φ < 0. VTK of Debian
(python3-vtk9) draws on an X display; without one the script starts itself under xvfb-run (package xvfb). --surface also writes
the triangles, for ParaView. Exit codes: 0; 2 command line; 3 a file, or something that isn't installed.
"""
import argparse
import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))


RED, BLUE = (0.70, 0.09, 0.17), (0.13, 0.40, 0.67)  # of phi = 1 and -1 in slices


def fail(message, code=3):
    print(f"render_walls.py: {message}", file=sys.stderr)
    sys.exit(code)


try:
    import numpy as np
    import vtk
    from vtk.util.numpy_support import numpy_to_vtk

    import dwell
except ImportError as reason:
    fail(f"{reason}; on Debian and Ubuntu: apt-get install python3-vtk9 python3-h5py python3-numpy xvfb")


def find_display():
    """VTK ends the program where there is no X server, so that is looked for before."""
    if os.environ.get("DISPLAY"):
        return
    if shutil.which("xvfb-run") is None or "RENDER_WALLS_AGAIN" in os.environ:
        fail("there is no X display (DISPLAY), and VTK needs one; on Debian and Ubuntu: apt-get install xvfb xauth")
    os.environ["RENDER_WALLS_AGAIN"] = "1"
    os.execvp("xvfb-run", ["xvfb-run", "-a", "-s", "-screen 0 640x480x24", sys.executable, *sys.argv])


def choose(run, step):
    """The snapshot of this step, or the last one."""
    shots = run.snapshots
    if not shots:
        raise dwell.DwellMissing(f"{run.path} has no snapshots; store.snapshots are the times that are kept")
    if step is None:
        return shots[-1]
    for shot in shots:
        if shot.step == step:
            return shot
    raise dwell.DwellMissing(
        f"{run.path} has no snapshot of step {step}; it has {', '.join(str(s.step) for s in shots)}"
    )


def surface_of(shot):
    """Triangles of φ = 0, whose front looks towards φ < 0. x, y, z are those of the lattice, in 1/m."""
    phi = np.asarray(shot[shot.names[0]], np.float32)
    phi = np.pad(phi, [(0, 1)] * 3, mode="wrap")  # the last cell reaches to the first sites of the next period
    image = vtk.vtkImageData()
    image.SetDimensions(*phi.shape)
    image.SetSpacing(*[shot.spacing] * 3)
    image.GetPointData().SetScalars(numpy_to_vtk(phi.ravel(order="F"), deep=True))  # VTK's x is the fastest index
    contour = vtk.vtkFlyingEdges3D()
    contour.SetInputData(image)
    contour.SetValue(0, 0.0)
    contour.ComputeNormalsOn()
    contour.Update()
    return contour.GetOutput(), shot.spacing * (phi.shape[0] - 1)


def scene(surface, length):
    """The surface in its box, seen from a corner."""
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputData(surface)
    mapper.ScalarVisibilityOff()
    walls = vtk.vtkActor()
    walls.SetMapper(mapper)
    walls.GetProperty().SetColor(*BLUE)
    back = vtk.vtkProperty()
    back.SetColor(*RED)
    walls.SetBackfaceProperty(back)
    box = vtk.vtkOutlineSource()
    box.SetBounds(0, length, 0, length, 0, length)
    lines = vtk.vtkPolyDataMapper()
    lines.SetInputConnection(box.GetOutputPort())
    edges = vtk.vtkActor()
    edges.SetMapper(lines)
    edges.GetProperty().SetColor(0.2, 0.2, 0.2)
    edges.GetProperty().SetLineWidth(2)
    renderer = vtk.vtkRenderer()
    renderer.SetBackground(1, 1, 1)
    renderer.AddActor(walls)
    renderer.AddActor(edges)
    camera = renderer.GetActiveCamera()
    camera.SetFocalPoint(*[length / 2] * 3)
    camera.SetPosition(2.6 * length, 1.9 * length, 2.1 * length)
    camera.SetViewUp(0, 0, 1)
    renderer.ResetCamera()
    camera.Zoom(1.15)
    return renderer


def draw(renderer, size, path):
    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(8)
    window.SetSize(size, size)
    window.AddRenderer(renderer)
    window.Render()
    pixels = vtk.vtkWindowToImageFilter()
    pixels.SetInput(window)
    pixels.ReadFrontBufferOff()
    writer = vtk.vtkPNGWriter()
    writer.SetInputConnection(pixels.GetOutputPort())
    beside = path.with_name(path.name + ".tmp")
    writer.SetFileName(str(beside))
    writer.Write()
    if not beside.exists():
        fail(f"{path} can't be written; choose another place")
    os.replace(beside, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", metavar="RUN_DIR")
    parser.add_argument("picture", metavar="PICTURE.png", type=pathlib.Path)
    parser.add_argument("--step", type=int, help="of the snapshot; default: the last one")
    parser.add_argument("--size", type=int, default=900, help="pixels a side (default: 900)")
    parser.add_argument("--surface", metavar="FILE.vtp", help="write the triangles too")
    asked = parser.parse_args()
    try:
        shot = choose(dwell.open(asked.run), asked.step)
        find_display()
        surface, length = surface_of(shot)
    except dwell.DwellFileError as reason:
        fail(reason)
    if surface.GetNumberOfPolys() == 0:
        fail(f"{shot.path} has no walls: φ has the same sign everywhere")
    if asked.surface:
        writer = vtk.vtkXMLPolyDataWriter()
        writer.SetInputData(surface)
        writer.SetFileName(asked.surface)
        if writer.Write() != 1:
            fail(f"{asked.surface} can't be written; choose another place")
    draw(scene(surface, length), asked.size, asked.picture)
    print(f"written      {asked.picture}: tau = {shot.tau:.6g}, {surface.GetNumberOfPolys()} triangles")


if __name__ == "__main__":
    main()
