"""Catches a scan's page that shows other numbers than `dwell surrogate` gave, hides where they come from, or takes a model
that isn't the scan's."""
import csv
import os
import pathlib
import re
import shutil
import subprocess

import numpy as np
import pytest
from conftest import DWELL, call, write_dataset
from test_report import check, refused

from dwell import files
from dwell.dataset import Dataset
from dwell.report import emulator, emulator_lines, emulator_plots, emulator_section, scan

TRUST = {"errors", "pulls", "domain", "calibration"}

BASE = """
seed = 7;
lattice = { points = 16; length = 7.0; stencil = 2; };
time = { end = 3.0; step = 0.25; };
fields = { initial = { kind = "white-noise"; rms = 0.3; cutoff = 3.0; }; };
gw = { coarsening = 2; };
analysis = { interval = 0.5; spectra_interval = 0.5; };
store = { slices = 0.0; };
"""
SCAN = """
base = "base.cfg"; output = "scan"; design = "sobol"; points = 7; seeds = 2; blind_every = 3;
parameters = ( { key = "cosmology.w"; min = 0.1; max = 0.7; } );
"""


@pytest.fixture(autouse=True)
def program(monkeypatch):
    """Within these tests it is the one that is tested."""
    monkeypatch.setenv("DWELL_PROGRAM", DWELL)


def made(kind, folder):
    """A data set of two parameters whose truth is known: 40 points, and 8 checks unless `kind` is "all"."""
    folder.mkdir(exist_ok=True)
    subprocess.run([pathlib.Path(DWELL).parent / "tests" / "make_dataset", kind, folder / "dataset.h5"], check=True)
    return Dataset(folder / "dataset.h5")


@pytest.fixture(scope="module")
def two(folder):
    """An emulator of two parameters, trained on the way."""
    dataset = made("usual", folder / "two")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DWELL_PROGRAM", DWELL)
        of, instead = emulator.find(dataset, None, True)
    assert instead is None and of.path == folder / "two" / "model.h5"
    return of


@pytest.fixture(scope="module")
def one(folder):
    """An emulator of runs over one parameter, and its scan."""
    home = folder / "one"
    home.mkdir()
    (home / "base.cfg").write_text(BASE)
    (home / "scan.cfg").write_text(SCAN)
    call("scan", "scan.cfg", "--quiet", cwd=home, env={**os.environ, "OMP_NUM_THREADS": "1"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DWELL_PROGRAM", DWELL)
        return emulator.find(Dataset(home / "scan"), None, True)[0]


def curves(plot, panel=0):
    return {line.get_label(): line.get_xydata() for line in plot.figure.axes[panel].get_lines()}


# --- the page ---


def test_page(two, tmp_path):
    """Every section, its numbers those that evaluate prints."""
    home = tmp_path / "scan"
    shutil.copytree(two.path.parent, home)
    call("surrogate", "train", home / "dataset.h5", "--output", home / "model.h5", "--quantity", "etc/value")
    (home / "plots").mkdir()
    (home / "plots" / "points.svg").write_text("of a page without a model")
    (home / "queries" / "corrected-here").mkdir(parents=True)
    (home / "queries" / "corrected-here" / "journal.txt").write_text("begun 1\ndone 1 1\ndone 1 2\n")
    out, _ = call("report", home)
    assert f"emulator     {home}/model.h5" in out
    keys = ("cosmology-w", "fields-initial-cutoff")
    plots = {f"emulated_etc-value_{key}" for key in keys} | {f"etc_{key}" for key in keys}
    sections = {"kinds", "emulator", "lines", "checks", "network", "parameters", "points-table", "provenance"}
    page = check(home, TRUST | plots | {"checks_etc-value"}, sections)
    said, _ = call("surrogate", "evaluate", home / "model.h5", home / "dataset.h5")
    errors, claims = [line.split()[1:] for line in said.splitlines() if line.startswith("etc/value")]
    cells = re.search(r"<td>etc/value</td>(.*?)</tr>", page.source)[1]
    cells = re.findall(r"<td>(.*?)</td>", cells)
    assert cells[0] == f"{float(errors[0]):.3f}" and len(cells) == 6 + 3
    assert float(cells[6]) == pytest.approx(float(claims[0]), abs=0.006)
    assert float(cells[7]) == pytest.approx(float(claims[1].strip("%")), abs=0.6)
    for words in ("simulated", "emulated", "corrected", "1 places that were asked for", "8 checks", "160 runs"):
        assert words in page.words, words
    assert "corrected-here" in page.words and "which nothing was trained on" in page.words


def test_without_a_model(tmp_path):
    """Says how to get one; an unfit one beside the data set doesn't end the report, an unfit one that was named does."""
    path, _ = write_dataset(tmp_path)
    of, instead = emulator.find(Dataset(path), None, False)
    assert of is None and f"`dwell surrogate train {path} --output {tmp_path}/model.h5` trains one" in instead
    (tmp_path / "model.h5").write_text("nothing")
    of, instead = emulator.find(Dataset(path), None, False)
    assert of is None and re.search(r"model.h5 doesn't serve here: .*its last line is no seal", instead)


def test_refused_models(two, one, tmp_path):
    home, there = two.path.parent, ("--output", tmp_path)
    refused(2, "scans other parameters than the model learned", home, "--model", one.path, *there)
    refused(3, "nothing.h5", home, "--model", tmp_path / "nothing.h5", *there)
    refused(2, "belong to the page of a scan", tmp_path, "--train")
    refused(2, "without --data, --analysis", two.path.parent, "--analysis", tmp_path)
    path, _ = write_dataset(tmp_path)
    refused(3, "has no attribute base", path, "--train")
    assert not (tmp_path / "report.html").exists() and not (tmp_path / "model.h5").exists()


# --- what the plots show ---


def test_lines_are_predictions(two, tmp_path):
    """Curves and bands along a parameter are those of `predict` at the places that the legend names."""
    line = two.lines[1]
    plot = emulator_lines.line(two, line, "etc/value")
    assert len(line.values) == 5 and len(curves(plot)) == 5 and "no point of the scan lies on this line" in plot.caption
    place = ("--set", "cosmology.w=0.5", "--set", f"fields.initial.cutoff={line.values[1]!r}")
    call("surrogate", "predict", two.path, *place, "--csv", tmp_path / "p.csv")
    with open(tmp_path / "p.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["quantity"] == "etc/value"]
    rows = [row for row in rows if row["tau"] == rows[-1]["tau"]]
    table = {name: np.array([float(row[name]) for row in rows]) for name in ("k", "value", "low95", "high95")}
    shown = curves(plot)[f"{line.values[1]:.4g}"]
    assert np.allclose(shown, np.column_stack([table["k"], table["value"]]), rtol=1e-12, atol=0)
    band = plot.figure.axes[0].collections[3].get_paths()[0].vertices[:, 1]  # the outer one of the second place
    assert {*np.round(table["low95"], 9), *np.round(table["high95"], 9)} == {*np.round(band, 9)}


def test_simulated_points_on_a_line(one):
    """With one parameter runs lie on its line; they are means over the seeds, and checks look different."""
    data, line = one.dataset, one.lines[0]
    assert len(line.simulated) == 5 and None not in line.simulated
    plot = emulator_lines.line(one, line, "gw/drho_dlnk")
    marks = [entry.lines[0] for entry in plot.figure.axes[0].containers]
    assert len(marks) == 5 and "triangles: checks" in plot.caption
    blind = [data.run["blind"][data.members(point)[0]] > 0 for point in line.simulated]
    assert [mark.get_marker() == "^" for mark in marks] == blind
    members = data.members(line.simulated[2])
    mean = scan.mean_spectrum(data, "gw", "drho_dlnk", members)[2]
    assert len(mean) and np.allclose(marks[2].get_ydata(), mean, rtol=1e-12)
    ratio = plot.figure.axes[1].containers[2].lines[0].get_ydata()
    emulated = one.predicted("gw/drho_dlnk")["value"][line.rows][2, -1]
    assert np.allclose(ratio, mean[: len(emulated)] / emulated, rtol=1e-12)
    number = emulator_lines.line(one, line, "velocity")
    rows = number.figure.axes[0].containers[2].lines[0].get_xdata()
    assert len(rows) >= 2 and set(rows) <= set(data.timeseries["tau"][members[0]])


def test_domain(one, two, folder):
    """Words of the map are those of `predict`, beyond the range OUT; points learned from and checks are told apart."""
    (rod,) = one.maps
    assert (rod.status[rod.x > 0.7] == "OUT").all() and (rod.status[rod.x < 0.1] == "OUT").all()
    learned = one.dataset.values[one.dataset.run["blind"] == 0, 0]
    assert not (rod.status[(rod.x > learned.min()) & (rod.x < learned.max())] == "OUT").any()
    assert np.isnan(rod.error["velocity"][0]) and np.isfinite(rod.error["velocity"][len(rod.x) // 2])
    assert "Grey: OUT" in emulator_plots.domain(one).caption
    degraded = folder / "degraded.h5"
    call("surrogate", "train", two.dataset.path, "--output", degraded, "--quantity", "etc/value", "--bound", 0.011)
    of = emulator.read(degraded, two.dataset)
    (plane,) = of.maps
    words = set(np.unique(plane.status))
    assert words == {"OK", "DEGRADED"}, words
    for word, code in (("OK", 0), ("DEGRADED", 10)):
        j, i = np.argwhere(plane.status == word)[0]
        x, y = float(plane.x[i]), float(plane.y[j])
        place = ("--set", f"cosmology.w={x!r}", "--set", f"fields.initial.cutoff={y!r}")
        call("surrogate", "predict", degraded, *place, code=code)
    shown = curves(emulator_plots.domain(of))
    blind = of.dataset.run["blind"] > 0
    assert len(shown["learned from"]) == 40 and len(shown["check, never seen"]) == 8
    assert {tuple(row) for row in shown["check, never seen"]} == {tuple(row) for row in of.dataset.values[blind]}


def test_pulls_errors_and_checks(two):
    """Histograms hold every value; marks are the errors of each way; checks are what was measured and predicted."""
    found = two.found("etc/value")
    heights = emulator_plots.pulls(two).figure.axes[0].patches[0].get_data()
    inside = np.histogram(np.clip(found["z"], -4, 4), heights.edges)[0]
    assert len(found["z"]) == 8 * 3 * 6
    assert np.allclose(heights.values * np.diff(heights.edges) * len(found["z"]), inside)
    shown = curves(emulator_plots.errors(two))
    assert [shown[name][0, 0] for name in ("emulator", "nearest point")] == list(found["method_error"][:2])
    assert np.isnan(shown["emulator"][2, 0]) and two.found("velocity")["method_error"][0] == 0  # below the noise
    plot = emulator_lines.checks(two, "etc/value")
    chosen = emulator_lines.check_points(two, "etc/value")
    spread = [emulator_lines.rms_z(found, point) for point in np.unique(found["design"])]
    assert len(chosen) == 5 and emulator_lines.rms_z(found, chosen[-1]) == max(spread)
    assert emulator_lines.rms_z(found, chosen[0]) == min(spread)
    rows = (found["design"] == chosen[-1]) & (found["tau"] == found["tau"].max())
    label = f"point {chosen[-1]}: rms z {max(spread):.2f}"
    assert np.allclose(curves(plot)[label][:, 1], np.exp(found["predicted"][rows]))
    marks = plot.figure.axes[0].containers[-1].lines[0]
    assert np.allclose(marks.get_ydata(), np.exp(found["measured"][rows]))


def test_calibration(two):
    """Learned points as the model file has them, expected to the right and found upwards; checks beside them."""
    learned, blind = emulator_plots.calibration(two).figure.axes[0].get_lines()[:2]
    with files.opened(two.path) as (file, _):
        table = file["quantity0/check"][()]
    assert np.array_equal(learned.get_ydata(), table[:, 0]) and np.array_equal(learned.get_xdata(), table[:, 1])
    assert len(blind.get_xdata()) == 8 and np.all(blind.get_ydata() < 0.1)


def test_without_checks(folder):
    """A scan that has no checks is compared by cross-validation, and says so."""
    dataset = made("all", folder / "all")
    call("surrogate", "train", dataset.path, "--output", folder / "all.h5", "--quantity", "area_parameter_h")
    of = emulator.read(folder / "all.h5", dataset)
    assert of.held_out == "cross-validation" and len(of.found("area_parameter_h")["z"]) == 40 * 3
    assert ("compared with", "each point, 8 folds") in emulator_section._facts(of)
    assert "points left out" in emulator_lines.checks(of, "area_parameter_h").title
    assert "blind_every" in emulator_section._errors(of)
    assert "check, never seen" not in curves(emulator_plots.domain(of))
