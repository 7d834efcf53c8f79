"""Catches results of several runs together that are a single run's, are of other runs, or aren't on the page."""
import html

import pytest
from conftest import call, make
from test_report import refused

from dwell.ensemble import Ensemble
from dwell.errors import DwellMissing
from dwell.report import joint, spectrum_plots, time_plots
from dwell.report.material import Material
from dwell.report.page import run_page
from dwell.run import Run
from dwell.source import foreign


@pytest.fixture(scope="module")
def together(folder, seeds):
    """The folder of a page, with the analysis of all runs in it."""
    call("analyse", *seeds, "--output", folder / "together" / "analysis", "--only", "walls,waves")
    return folder / "together"


def given(runs, output, analysis=None):
    of = Material(Ensemble(runs), [])
    of.joint = joint.find(of.runs, analysis, output)
    return of


def test_page(seeds, together):
    source = html.unescape(run_page(given(seeds, together), []))
    found = joint.Joint(together / "analysis")
    mean, error = found.analysis["walls"]["area_parameter_t"][:2]
    assert f"{mean:.4g} ± {error:.2g}" in source and f"Of 3 runs together, from {together}/analysis" in source
    assert found.analysis_text in source and "hasn't been run" not in source


def test_plots(seeds, together):
    of = given(seeds, together)
    mean, error = of.joint.analysis["walls"]["area_parameter_t"][:2]
    plot = time_plots.area(of)
    band = [one for one in plot.figure.axes[0].collections if one.get_label() == "mean of the window"]
    box = band[0].get_paths()[0].get_extents()
    assert (box.y0, box.y1) == pytest.approx((mean - error, mean + error))
    assert (box.x0, box.x1) == pytest.approx(tuple(of.joint.analysis["window"]["tau"]))
    for caption in (plot.caption, spectrum_plots.waves(of).caption):
        assert "The analysis is that of the 3 runs together" in caption and "of the first run" not in caption
    rows = {name: (value, error) for _, name, value, error, *_ in joint.numbers(of.joint)}
    assert rows["area_parameter_t, mean"] == (mean, error) and "slope_infrared" not in rows
    assert rows["efficiency_peak"] == tuple(of.joint.analysis["waves"]["efficiency_peak"])


def test_mean_of_all(seeds, together, tmp_path):
    """The joint mean lies between those of the runs, so it is none of theirs."""
    alone = []
    for run in seeds:
        call("analyse", run, "--only", "walls", "--output", tmp_path / run.name)
        alone.append(joint.Joint(tmp_path / run.name).analysis["walls"]["area_parameter_t"][0])
    assert min(alone) < given(seeds, together).joint.analysis["walls"]["area_parameter_t"][0] < max(alone)


def test_without(seeds, together, tmp_path):
    """A page of seeds without their analysis says how to get it; the first run's own isn't taken for it."""
    assert given(seeds, tmp_path).joint is None
    assert "Joint analysis: errors from the scatter" in run_page(given(seeds, tmp_path), [])
    assert given(seeds[:2], together).joint is None and given(seeds[:1], together).joint is None
    assert 'id="joint"' not in run_page(Material(Ensemble(seeds[:1]), []), [])


def test_refused(seeds, together, plain, tmp_path):
    refused(3, "it is of seeds 1, 2, 3", *seeds[:2], "--analysis", together)
    refused(3, "differ in more than their seed", *seeds, plain, "--analysis", together)
    refused(3, "analysis.h5: it isn't there; `dwell analyse", *seeds, "--analysis", tmp_path)
    refused(2, "--analysis is of several runs together", plain, "--analysis", together)
    attributes = joint.Joint(together / "analysis").analysis.attributes
    assert foreign(attributes, Ensemble(seeds)) is None
    attributes["time.end"] = 6.5
    assert foreign(attributes, Ensemble(seeds)) == "its runs have time.end = 6.5, these 4.0"
    assert not (seeds[0] / "report.html").exists()


def test_stale(folder, tmp_path):
    """A run's own analysis counts while the run is the one that was analysed."""
    run = make(tmp_path / "stale", "seed=5", "time.end=3", "analysis.tracks=0", "lattice.points=16")
    call("analyse", run, "--only", "walls")
    assert Run(run).has("analysis.walls") and Run(run).has("analysis_text")
    call("run", run / "config.cfg", "--quiet", "--set", f"output={run}", "--restart", "--set", "time.end=3.5")
    assert not Run(run).has("analysis") and not Run(run).has("analysis_text")
    with pytest.raises(DwellMissing, match="isn't that of this run as it is: its runs have time.end = 3.0, these 3.5"):
        Run(run).analysis  # pylint: disable=pointless-statement
    assert "or of this one before it went on" in html.unescape(run_page(given([run], tmp_path), []))
    call("analyse", run, "--only", "walls")
    assert Run(run).has("analysis.walls")
    make(run, "seed=6", "time.end=3", "analysis.tracks=0", "lattice.points=16", "overwrite=true")
    assert not (run / "analysis/analysis.h5").exists() and not (run / "analysis/analysis.txt").exists()
