"""Catches curves that show other numbers than the files have, and published numbers where they don't apply."""
import numpy as np
import pytest
from conftest import make

import dwell
from dwell.ensemble import Ensemble
from dwell.report import coherence_plots, material, overlay, spectrum_plots, time_plots


def given(*runs, curves=()):
    return material.Material(Ensemble(runs), list(curves))


def lines(plot, panel=0):
    """Curves of a plot by their label."""
    return {line.get_label(): line.get_xydata() for line in plot.figure.axes[panel].get_lines()}


def test_area(analysed):
    run = dwell.open(analysed)
    plot = time_plots.area(given(analysed))
    found = lines(plot)
    assert np.array_equal(
        found[r"$A_t = S\,t/a$"], np.column_stack([run.timeseries.tau, run.timeseries.area_parameter_t])
    )
    assert np.array_equal(found["one-scale model, published"], run.analysis.walls.vos_solution[:, :2])
    assert np.array_equal(found["one-scale model, fitted"], run.analysis.walls.vos_fit_solution[:, :2])
    assert (
        found["one-scale model: fixed point"][0, 1]
        == run.analysis.walls.vos_fixed_point[0]
        == pytest.approx(0.900, abs=1e-3)
    )
    assert "0.8 ± 0.1" in plot.caption and "Grey" not in plot.caption
    velocity = lines(time_plots.velocity(given(analysed)))
    assert np.array_equal(velocity["one-scale model, published"], run.analysis.walls.vos_solution[:, [0, 2]])


def test_without_analysis(plain):
    assert "run `dwell analyse`" in time_plots.area(given(plain)).caption
    assert "dwell analyse" in spectrum_plots.collapse(given(plain)).caption
    assert spectrum_plots.today(given(plain)).startswith("Spectrum today: not there; `dwell analyse")


def test_published_numbers_only_where_they_apply(folder, plain):
    matter = make(folder / "matter", "time.end=3", "cosmology.w=0", "analysis.tracks=0", "analysis.stress_parts=false")
    for runs, there in (((plain,), True), ((matter,), False), ((plain, matter), False)):
        assert ("1309.5001" in time_plots.area(given(*runs)).caption) == there
        assert ("0.7 ± 0.4" in time_plots.efficiency(given(*runs)).caption) == there
        assert ("Press" in time_plots.velocity(given(*runs)).caption) == there


def test_times_that_arent_valid(folder):
    run = make(folder / "thin", "time.end=4", "fields.s=1", "lattice.length=14", "analysis.tracks=0")
    plot = time_plots.energies(given(run))
    table = dwell.open(run).timeseries
    first = table.tau[table.valid == 0][0]
    spans = [
        patch.get_extents().transformed(plot.figure.axes[0].transData.inverted())
        for patch in plot.figure.axes[0].patches
    ]
    assert "Grey" in plot.caption and len(spans) == 1 and spans[0].x0 == pytest.approx(first)


def test_mean_and_band(seeds):
    of = given(*seeds)
    plot = time_plots.area(of)
    stack = np.stack([run.timeseries.area_parameter_t for run in of.runs])
    assert lines(plot)[r"$A_t = S\,t/a$"][:, 1] == pytest.approx(stack.mean(axis=0), rel=1e-12)
    band = plot.figure.axes[0].collections[0].get_paths()[0].vertices[:, 1]
    assert band.max() == pytest.approx((stack.mean(axis=0) + stack.std(axis=0, ddof=1)).max(), rel=1e-9)
    assert "standard deviation" in plot.caption
    last = [label for label in lines(spectrum_plots.waves(of)) if label == r"$\tau$ = 4"]
    stack = np.stack([run.spectra.gw.drho_dlnk[-1] for run in of.runs])
    assert lines(spectrum_plots.waves(of))[last[0]][:, 1] == pytest.approx(stack.mean(axis=0), rel=1e-12)


def test_runs_that_differ(folder, plain):
    matter = folder / "matter"
    of = given(
        plain,
        matter
        if matter.exists()
        else make(matter, "time.end=3", "cosmology.w=0", "analysis.tracks=0", "analysis.stress_parts=false"),
    )
    assert of.compared and not of.averaged
    assert of.label(0) == "end = 10, w = 0.333333" and of.label(1) == "end = 3, w = 0"
    plot = time_plots.area(of)
    assert len([axes for axes in plot.figure.axes]) == 2 and set(lines(plot)) == {of.label(0), of.label(1)}
    assert np.array_equal(lines(plot, 1)[of.label(1)][:, 1], of.runs[1].timeseries.area_parameter_h)


def test_collapse_and_field(analysed):
    run = dwell.open(analysed)
    plot = spectrum_plots.collapse(given(analysed))
    etc = run.spectra.etc
    found = lines(plot)[r"$\tau$ = 10"]
    assert np.array_equal(found, np.column_stack([etc.k * etc.tau[-1], etc.scaling[-1]]))
    found = lines(spectrum_plots.field(given(analysed)))[r"$\tau$ = 10"]
    assert np.array_equal(found, np.column_stack([run.spectra.field.k, run.spectra.field.power[-1]]))


def test_waves(analysed):
    """Evolved, averaged, the second route, the horizon and the guides."""
    run = dwell.open(analysed)
    plot = spectrum_plots.waves(given(analysed))
    found, gw, route = lines(plot), run.spectra.gw, run.analysis.route
    assert np.array_equal(found[r"$\tau$ = 10"][:, 1], gw.drho_dlnk[-1])
    assert np.array_equal(found["last, averaged"][:, 1], gw.drho_dlnk_averaged[-1])
    good = route.well_sampled > 0
    (circles,) = [c for c in plot.figure.axes[0].containers if c.get_label() == "second route"]
    assert np.array_equal(circles[0].get_xydata(), np.column_stack([route.k, route.drho_dlnk])[good]) and good.any()
    upright = sorted(
        line.get_xdata()[0]
        for line in plot.figure.axes[0].get_lines()
        if len(set(np.atleast_1d(line.get_xdata()))) == 1 and len(line.get_xdata()) == 2
    )
    hubble = run.timeseries.conformal_hubble[-1]
    assert upright == pytest.approx([hubble, 2 * np.pi * hubble])
    guides = [
        line.get_xydata()
        for line in plot.figure.axes[0].get_lines()
        if len(line.get_xdata()) == 2 and line.get_xdata()[0] != line.get_xdata()[1]
    ]
    slopes = sorted(round(float(np.diff(np.log(g[:, 1]))[0] / np.diff(np.log(g[:, 0]))[0]), 6) for g in guides)
    assert slopes == [-1, 3] or slopes == [3]
    assert f"{run.analysis.waves.slope_ultraviolet[0]:.2f}".replace("-", "−") in plot.caption


def test_coherence_from_references(plain):
    """C = UTC/√(ETC ETC), 1 at the reference itself."""
    run = dwell.open(plain)
    (first, second) = coherence_plots.from_references(run)
    etc, utc = run.spectra.etc, run.spectra.utc
    at = np.flatnonzero(etc.tau == second[0])[0]
    assert second[2][at] == pytest.approx(1, rel=1e-12) and np.all(second[1][at] == 0)
    later = at + 1
    mine = utc.value[1, later] / np.sqrt(etc.value[at] * etc.value[later])
    assert second[2][later] == pytest.approx(mine, rel=1e-12) and np.all(np.abs(mine) <= 1)
    assert second[1][later] == pytest.approx((utc.tau[later] - second[0]) * utc.k)
    assert first[0] == pytest.approx(6, abs=0.3)


def test_coherence_from_analysis(analysed):
    plot = coherence_plots.coherence(given(analysed))
    table = dwell.open(analysed).analysis.coherence.table
    shown = plot.figure.axes[0].containers[0][0].get_xydata()
    keep = (table[:, 0] < 12) & np.isfinite(table[:, 1])
    assert np.array_equal(shown, table[keep, :2]) and "Nearest model" in plot.caption


def test_strain():
    """h_c = 1e-15 at one over a year is h²Ω = 6.3e-10 (2π²f²h_c²/3H²)."""
    year = 365.25 * 86400
    assert overlay.omega_from_strain(1 / year, 1e-15) == pytest.approx(6.29e-10, rel=2e-3, abs=0)
    assert overlay.HUBBLE_100 == pytest.approx(1e5 / 3.0856775814913673e22, rel=1e-8, abs=0)


def test_curves_of_others(tmp_path, analysed):
    path = tmp_path / "some band.txt"
    path.write_text("# made for a test\n# quantity: hc\n1e-9 1e-15 1e-16  # behind a row\n\n1e-8, 2e-15, 0\n")
    curve = overlay.read_curve(path)
    assert curve.label == "some band" and curve.omega == pytest.approx(
        overlay.omega_from_strain(np.array([1e-9, 1e-8]), np.array([1e-15, 2e-15])), rel=1e-12, abs=0
    )
    assert curve.error == pytest.approx([0.2 * curve.omega[0], 0], rel=1e-12, abs=0)
    path.write_text("#quantity:h2Omega\n1e-8 3e-9\n1e-9 2e-9\n")
    curve = overlay.read_curve(path, "mine")
    plot = spectrum_plots.today(given(analysed, curves=[curve]))
    (shown,) = [c for c in plot.figure.axes[0].containers if c.get_label() == "mine"]
    assert np.array_equal(shown[0].get_xydata(), [[1e-9, 2e-9], [1e-8, 3e-9]]) and "mine" in plot.caption
    today = dwell.open(analysed).analysis.today
    own = [xy for label, xy in lines(plot).items() if label.startswith("this run")]
    assert np.array_equal(own[0], np.column_stack([today.f, today.omega]))


@pytest.mark.parametrize(
    "text, hint",
    [
        ("1 2\n", "no line says what it holds"),
        ("# quantity: Omega\n1 2\n", "no line says"),
        ("# quantity: hc\n", "has no row"),
        ("# quantity: hc\n1 x\n", "line 2: '1 x' isn't"),
        ("# quantity: hc\n1\n", "line 2: 1 numbers"),
        ("# quantity: hc\n-1 2\n", "positive"),
        ("# quantity: hc\n1 2\n1 2 3\n", "line 3: 3 numbers"),
        ("# quantity: hc\n1 nan\n", "finite"),
    ],
)
def test_wrong_curves(tmp_path, text, hint):
    path = tmp_path / "curve.txt"
    path.write_text(text)
    with pytest.raises(dwell.DwellFileError, match=hint):
        overlay.read_curve(path)


def test_some_times():
    assert (
        material.some_times([1, 2, 3]) == [1, 2] and material.some_times([1]) == [0] and material.some_times([]) == []
    )
    found = material.some_times(np.linspace(1, 10, 100))
    assert len(found) == 6 and found[-1] == 99 and found[0] == 1
    ratios = np.diff(np.log(np.linspace(1, 10, 100)[found]))
    assert ratios.max() / ratios.min() < 1.25
    assert material.some_times(np.linspace(1, 10, 100), start=0.5)[0] == 44
