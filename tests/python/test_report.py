"""Catches a page that needs other files or the network, a hole where a run lacks something, and unclear failures."""
import html.parser
import os
import re
import shutil
import stat
import subprocess
import sys
import xml.etree.ElementTree

import numpy as np
import pytest
from conftest import DWELL, SOURCE, call, make, write_dataset

from dwell import pictures
from dwell.dataset import Dataset
from dwell.ensemble import Ensemble
from dwell.report import scan, spectrum_plots, style
from dwell.report.material import Material
from dwell.report.page import run_page

SECTIONS = {"slices", "network", "stress", "waves", "parameters", "provenance", "texts"}
PLOTS = {
    "area",
    "velocity",
    "energies",
    "vacua",
    "field",
    "etc",
    "collapse",
    "coherence",
    "gw",
    "omega",
    "efficiency",
    "today",
}


class Page(html.parser.HTMLParser):
    """Tags, names and texts of a page."""

    def __init__(self, path):
        super().__init__()
        self.source = path.read_text(encoding="utf-8")
        self.tags, self.ids, self.words, self.open = [], [], "", []
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.words += data


def check(folder, plots, sections=SECTIONS, pixels=False):
    """The page in a folder and its files; returns the page. Looking at pixels takes a second for each plot."""
    page = Page(folder / "report.html")
    assert page.source.startswith("<!DOCTYPE html>") and not page.open
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base", "use") or (
            tag == "use" and attributes["href"].startswith("#")
        ), tag
        for name in ("src", "href", "xlink:href", "data", "action", "srcset", "poster"):
            value = attributes.get(name)
            assert value is None or value.startswith(("#", "data:image/png;base64,")), (tag, name, value[:60])
    assert not re.search(r"https?:|@import|//www|file:", re.sub(r"base64,[^\"]*", "", page.source))
    assert len(page.ids) == len(set(page.ids))
    wanted = set(re.findall(r"url\(#([^)]*)\)", page.source)) | {
        a["href"][1:] for _, a in page.tags if a.get("href", "").startswith("#")
    }
    assert wanted <= set(page.ids) and (wanted or not plots)
    assert sections <= set(page.ids)
    assert {name for name in PLOTS | plots if name in page.ids} == plots
    files = {path.name for path in (folder / "plots").iterdir()}
    assert files == {f"{name}.{ending}" for name in plots for ending in ("svg", "png")}
    for name in plots:
        root = xml.etree.ElementTree.parse(folder / "plots" / f"{name}.svg").getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg" and len(list(root.iter())) > 50
        if pixels:
            found = pictures.read_pixels(folder / "plots" / f"{name}.png")
            assert found.shape[1] > 700 and found.std() > 5
    return page


@pytest.fixture(scope="module")
def page(analysed):
    out, _ = call("report", analysed)
    assert f"{analysed}/report.html, 12 plots" in out and "missing" not in out
    return check(analysed, PLOTS, pixels=True)


def test_whole(page, analysed):
    assert "No warnings" in page.words and 'class="missing"' not in page.source
    images = [a["src"] for tag, a in page.tags if tag == "img"]
    assert len(images) == 8 and len(page.source) < 3e6
    for words in ("tiny <network> & co", "tracks = 64;", "one-scale model", "provenance", "0.8 ± 0.1", "start_time"):
        assert words in page.words or words in page.source, words
    assert (analysed / "config.cfg").read_text() in page.words


def test_ink(page):
    """Curves of the page take its ink, files stand on white."""
    assert page.source.count("currentColor") > 100 and "#1a1a1b" not in page.source.split("</style>")[1]


def test_same_files_again(analysed, tmp_path):
    """A plot made twice is the same file, with no time or random name in it."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        plot = spectrum_plots.waves(Material(Ensemble([analysed]), []))
        style.save(plot.figure, tmp_path / name, plot.name, "waves")
    for file in ("gw.svg", "gw.png"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_unfinished(copy):
    """Half the rows, no spectra and slices: the page says what is missing and why."""
    lines = (copy / "timeseries.csv").read_text().splitlines(keepends=True)
    (copy / "timeseries.csv").write_text("".join(lines[:12]) + lines[12][:20])
    (copy / "spectra.h5").unlink()
    shutil.rmtree(copy / "slices")
    out, _ = call("report", copy)
    page = check(copy, {"area", "velocity", "energies", "vacua", "efficiency"})
    assert "isn't finished: it has reached" in page.words and "store.slices" in page.words
    assert page.words.count("no spectra yet") >= 3 and re.search("6 of its plots are missing", out)
    assert "dwell analyse" in page.words and "utc_reference" in page.words


def test_just_begun(copy, tmp_path):
    """Nothing but the parameters; plots of an earlier report go."""
    bare = tmp_path / "bare"
    (bare / "plots").mkdir(parents=True)
    (bare / "plots" / "area.svg").write_text("old")
    shutil.copy(copy / "config.cfg", bare)
    call("report", bare)
    page = check(bare, set())
    assert "isn't finished" in page.words and "no run.log" in page.words


def test_warnings(folder):
    thin = make(folder / "warned", "time.end=3", "fields.s=1", "lattice.length=14", "analysis.tracks=0")
    source = page_source(thin)
    assert "thinner than two lattice spacings" in source and 'class="warn"' in source


def test_nothing_above_zero(folder):
    """Plane walls have no transverse stress, and a logarithmic axis nothing to show."""
    run = make(folder / "planes", "time.end=2", "fields.initial.kind=walls", "analysis.tracks=0", "lattice.points=16")
    call("report", run)
    page = check(run, PLOTS - {"etc", "collapse", "gw", "omega", "coherence", "today"})
    assert page.words.count("every value is zero") == 4


def test_several(folder, plain, analysed, tmp_path):
    """Seeds of one set-up have a mean, others don't; --output and data of others."""
    seeds = [make(folder / f"pair{seed}", f"seed={seed}", "time.end=3", "analysis.tracks=0") for seed in (1, 2)]
    data = tmp_path / "curve.txt"
    data.write_text("# quantity: h2Omega\n1e-9 1e-9\n1e-8 2e-9\n")
    out = tmp_path / "a" / "b"
    call("analyse", *seeds, "--output", out / "analysis", "--only", "walls")
    call("report", *seeds, "--output", out, "--data", data, "--label", "<mine>")
    page = check(out, PLOTS - {"coherence"})  # the references lie after the end
    assert "plots have means and bands" in page.words and "<mine>" in page.words and "2 runs" in page.words
    assert f"Of 2 runs together, from {out}/analysis" in page.words and "joint" in page.ids
    assert (out / "analysis" / "analysis.txt").read_text() in page.words
    assert not (seeds[0] / "report.html").exists()
    source = page_source(plain, seeds[0])
    assert "differ in more than their seed" in source and "<th>time.end</th>" in source


def test_scan(tmp_path):
    """The page of a scan: every point's mean and standard error, plots by parameter, what isn't there."""
    path, _ = write_dataset(tmp_path)
    out, _ = call("report", path)
    assert "7 plots" in out and "emulator     none; the page says why" in out
    page = check(
        tmp_path,
        {"points"}
        | {f"{name}_{key}" for name in ("area", "gw", "etc") for key in ("cosmology-w", "fields-initial-cutoff")},
        {"network", "emulator", "kinds", "parameters", "points-table", "provenance"},
    )
    assert "this scan has no model yet. dwell surrogate train" in page.words
    assert "a <scan>: a scan" in page.words and "no run of the scan has it" in page.words
    found = Dataset(path)
    last = [found.timeseries["area_parameter_t"][run][-1] for run in (0, 1)]
    assert f"{np.mean(last):.4g} ± {np.std(last, ddof=1) / np.sqrt(2):.2g}" in page.words
    tau, k, mean, error = scan.mean_spectrum(found, "gw", "drho_dlnk", found.members(0))
    stack = found.spectra["gw"]["drho_dlnk"][[0, 1], 1]
    assert tau == 3 and np.array_equal(k, [1, 2, 3, 4]) and mean == pytest.approx(stack.mean(axis=0))
    assert error == pytest.approx(stack.std(axis=0, ddof=1) / np.sqrt(2))
    plot = scan.spectrum(found, scan.SPECTRA[0], 1)
    lines = plot.figure.axes[0].get_lines()
    assert (
        len(lines) == 2 and np.array_equal(lines[0].get_ydata(), mean) and lines[0].get_color() != lines[1].get_color()
    )
    call("report", tmp_path, "--movie", "x.png", code=2)


def page_source(*runs):
    """The page without its plots."""
    return run_page(Material(Ensemble(runs), []), [])


def refused(code, pattern, *arguments, **more):
    _, err = call("report", *arguments, code=code, **more)
    assert re.search(pattern, err) and err.startswith("dwell: report: ") and err.count("\n") == 1, err


def test_refused(tmp_path, plain, copy):
    refused(2, "no run directory given")
    refused(2, "--fast", plain, "--fast")
    refused(2, "--label names the file", plain, "--label", "x")
    refused(2, r"ends in .png or .webm", plain, "--movie", "x.gif")
    refused(2, "takes one run directory", plain, copy, "--movie", "x.png")
    refused(3, "isn't a directory", tmp_path / "nothing")
    refused(3, "has no config.cfg", tmp_path)
    refused(3, "it isn't there", plain, "--data", tmp_path / "nothing")
    (tmp_path / "way").write_text("in the")
    refused(3, "can't be made", plain, "--output", tmp_path / "way")
    spoiled = copy / "spectra.h5"
    spoiled.write_bytes(spoiled.read_bytes()[:5000])
    refused(3, "spectra.h5 is damaged.*restore", copy)
    assert not (copy / "report.html").exists() and not (copy / "plots").exists()


def test_movie(plain, tmp_path):
    out, _ = call("report", "--movie", tmp_path / "m" / "slices.png", plain, "--fps", "10")
    chunks = pictures.read_chunks(tmp_path / "m" / "slices.png")
    assert "10 pictures" in out and [kind for kind, _ in chunks].count(b"fcTL") == 10
    assert not (plain / "report.html").exists()


def test_movie_without_slices_or_ffmpeg(copy, tmp_path):
    shutil.rmtree(copy / "slices")
    refused(3, "has no slices.*store.slices", copy, "--movie", tmp_path / "slices.png")


def test_movie_webm(plain, tmp_path):
    if shutil.which("ffmpeg") is None:
        refused(3, "apt-get install ffmpeg", plain, "--movie", tmp_path / "slices.webm")
        return
    call("report", plain, "--movie", tmp_path / "slices.webm")
    assert (tmp_path / "slices.webm").read_bytes().startswith(b"\x1aE\xdf\xa3")


def wrapper(tmp_path, hidden):
    """A Python that doesn't find these modules."""
    folder = tmp_path / "without"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        f"import importlib.machinery as m\nfind = m.PathFinder.find_spec\n"
        f"m.PathFinder.find_spec = classmethod(lambda c, n, *a, **k: None if n in {hidden!r} else find(n, *a, **k))\n"
    )
    script = folder / "python3"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={folder}:$PYTHONPATH exec {sys.executable} "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return {**os.environ, "DWELL_PYTHON": str(script)}


@pytest.mark.parametrize(
    "hidden, packages",
    [(("matplotlib",), "python3-matplotlib"), (("h5py", "matplotlib"), "python3-h5py python3-matplotlib")],
)
def test_python_without_packages(tmp_path, plain, hidden, packages):
    refused(
        3,
        f"lacks {', '.join(hidden)}; on Debian and Ubuntu: apt-get install {packages};",
        plain,
        env=wrapper(tmp_path, hidden),
    )
    assert not (plain / "report.html").exists()


def test_python_that_is_none(tmp_path, plain):
    refused(3, "which DWELL_PYTHON names, isn't a Python 3", plain, env={**os.environ, "DWELL_PYTHON": "/nothing"})
    refused(3, "which DWELL_PYTHON names, isn't a Python 3", plain, env={**os.environ, "DWELL_PYTHON": "true"})


def test_installed(tmp_path, plain):
    """The program finds the package in the place where the installation puts it, wherever the tree was moved."""
    place = tmp_path / "usr"
    (place / "bin").mkdir(parents=True)
    shutil.copy2(DWELL, place / "bin" / "dwell")
    shutil.copytree(
        SOURCE / "python" / "dwell",
        place / "share" / "dwell" / "python" / "dwell",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    target = place / "share" / "dwell" / "python" / "dwell" / "report" / "__main__.py"
    target.write_text(target.read_text().replace("a second", "a second from elsewhere"))
    done = subprocess.run(
        [place / "bin" / "dwell", "report", plain, "--movie", tmp_path / "m.png"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and "a second from elsewhere" in done.stdout


def test_examples_of_the_documentation(analysed, monkeypatch, tmp_path):
    """Blocks of Python in docs/report.md run as they are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    for name in ("radiation", "seed1", "seed2"):
        shutil.copytree(analysed, tmp_path / "runs" / name)
    config = tmp_path / "runs" / "seed2" / "config.cfg"
    config.write_text(re.sub(r"\nseed = 7;", "\nseed = 8;", config.read_text()))
    blocks = re.findall(r"^```python\n(.*?)^```", (SOURCE / "docs" / "report.md").read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 3
    for block in blocks:
        exec(compile(block, "docs/report.md", "exec"), {})  # noqa: S102
