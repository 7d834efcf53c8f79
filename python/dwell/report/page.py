"""The page: one HTML file with everything inside."""
import html
import re

import numpy as np

from .. import __version__
from .joint import numbers as joint_numbers
from .material import number, with_error
from .pictures import chosen, data_uri

STYLE = """
:root { color-scheme: light dark; --ink: #1a1a1b; --soft: #57575b; --paper: #ffffff; --card: #f6f6f7; --grid: #d5d5d8;
        --warn: #8a4b00; --warn-paper: #fff4e2; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececee; --soft: #b0b0b6; --paper: #17181b; --card: #212327; --grid: #44464c; --warn: #ffc983;
          --warn-paper: #33260f; } }
@media print { :root { --ink: #000; --soft: #333; --paper: #fff; --card: #fff; --grid: #ccc; --warn: #000;
    --warn-paper: #fff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.2rem clamp(0.8rem, 3vw, 2.5rem) 3rem; max-width: 84rem; background: var(--paper);
       color: var(--ink); font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.4rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 0.6rem; border-bottom: 1px solid var(--grid); padding-bottom: 0.2rem; }
p { max-width: 46rem; } sub { line-height: 0; } .soft { color: var(--soft); }
.warn { background: var(--warn-paper); color: var(--warn); border-left: 0.3rem solid currentColor; padding: 0.5rem 0.9rem;
        margin: 0.8rem 0; } .warn p { margin: 0.25rem 0; max-width: none; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: 0.6rem; margin: 1rem 0;
         padding: 0; }
.facts div { background: var(--card); padding: 0.5rem 0.8rem; border-radius: 0.3rem; }
.facts dt { color: var(--soft); font-size: 0.82rem; } .facts dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 1.6rem 2rem; }
figure { margin: 0; min-width: 0; } figure h3 { font-size: 1rem; margin: 0 0 0.3rem; }
figcaption span { display: block; font-size: 0.8rem; } figure svg { width: 100%; height: auto; display: block; }
figcaption { color: var(--soft); font-size: 0.88rem; }
.slices { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0.7rem; }
@media (max-width: 40rem) { .slices { grid-template-columns: repeat(2, 1fr); } }
.slices img { width: 100%; height: auto; display: block; background: #fff; }
.bar { height: 0.8rem; max-width: 22rem;
       background: linear-gradient(90deg, rgb(5,48,97), rgb(67,147,195), rgb(209,229,240),
       #fff, rgb(253,219,199), rgb(214,96,77), rgb(103,0,31)); border: 1px solid var(--grid); print-color-adjust: exact; }
.scale { display: flex; justify-content: space-between; max-width: 22rem; color: var(--soft); font-size: 0.85rem; }
.missing { border: 1px dashed var(--grid); padding: 0.8rem 1rem; color: var(--soft); align-self: start; }
.plots + .wide { margin-top: 1.6rem; } .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.88rem; }
th, td { text-align: left; vertical-align: top;
        padding: 0.2rem 0.9rem 0.2rem 0; border-bottom: 1px solid var(--grid); } td { overflow-wrap: anywhere; }
td:first-child { overflow-wrap: normal; }
pre { background: var(--card); padding: 0.8rem; overflow-x: auto; font-size: 0.8rem; line-height: 1.4; }
summary { cursor: pointer; padding: 0.3rem 0; }
@media print { html { font-size: 9pt; } body { padding: 0; } figure, table { break-inside: avoid; } h2 { break-after: avoid; }
  details { display: none; } .plots { grid-template-columns: 1fr 1fr; gap: 1rem 1.2rem; } }
"""


def text(value):
    return html.escape(str(value))


def facts(pairs):
    """Boxes of name and value."""
    items = "".join(f"<div><dt>{caption(name)}</dt><dd>{text(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="facts">{items}</dl>'


def figure(plot, inline):
    return (
        f'<figure id="{plot.name}"><h3>{text(plot.title)}</h3>{inline}'
        f"<figcaption>{caption(plot.caption)}<span>plots/{plot.name}.svg, .png</span></figcaption></figure>"
    )


def caption(words):
    """Text in which A_t and A_H have their index, and commands look like commands."""
    indexed = re.sub(r"\bA_([tH])\b", r"<i>A</i><sub>\1</sub>", text(words))
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", indexed)


def missing(what):
    return f'<p class="missing">{caption(what)}</p>'


def section(name, title, body):
    return f'<section id="{name}"><h2>{text(title)}</h2>\n{body}\n</section>\n'


def table(head, rows, marked=False):
    """A table of texts; where it is `marked`, commands in it look like commands."""
    cell_text = caption if marked else text
    top = "".join(f"<th>{caption(cell)}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell_text(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f'<div class="wide"><table><tr>{top}</tr>\n{lines}</table></div>'


def details(title, body):
    """A text that opens when asked for."""
    return f"<details><summary>{text(title)}</summary><pre>{text(body)}</pre></details>\n"


def folded(title, body):
    """A part of the page that opens when asked for."""
    return f"<details><summary>{text(title)}</summary>{body}</details>\n"


def _last(table, column):
    """The last number of a column, and None where there is none."""
    values = table[column][np.isfinite(table[column])] if column in table else []
    return float(values[-1]) if len(values) else None


def facts_of(run):
    """What there is to know about a run at a glance."""
    params, rows = run.params, run.timeseries if run.has("timeseries") else {}
    background = params.get("cosmology.background")
    if background == "power-law":
        background = f"power law, w = {number(params['cosmology.w'])}"
    n, length = params["lattice.points"], params["lattice.length"]
    pairs = [
        ("lattice", f"{n}³, dx = {length / n:.4g}/m"),
        ("box", f"L = {number(length)}/m"),
        ("background", background),
        (
            "equation",
            "physical walls, s = 1" if params.get("fields.s") == 1 else f"s = {number(params.get('fields.s'))}",
        ),
        ("potential", params.get("fields.potential")),
        ("seed", params.get("seed")),
    ]
    tau = _last(rows, "tau")
    pairs.append(("time", f"τ = {tau:.6g}/m of {number(params['time.end'])}/m" if tau is not None else "no row yet"))
    for column, name in (
        ("area_parameter_t", "A_t at the end"),
        ("velocity", "v at the end"),
        ("efficiency_peak", "ε of the peak"),
    ):
        value = _last(rows, column)
        if value is not None:
            pairs.append((name, f"{value:.3f}"))
    return pairs


def warnings_of(runs):
    """Warnings of the runs and what isn't finished, each with the run's name where there are several."""
    found = []
    for run in runs:
        name = f"{run.path.name}: " if len(runs) > 1 else ""
        if not run.finished:
            rows = run.timeseries if run.has("timeseries") else {}
            tau = _last(rows, "tau")
            found.append(
                f"{name}the run isn't finished: it has reached τ = {tau or 0:.6g} of {number(run.params['time.end'])}. "
                "Make the report again later."
            )
        found += [f"{name}{warning}" for warning in run.warnings]
        if run.has("timeseries") and "valid" in run.timeseries:
            bad = run.timeseries["valid"] == 0
            if bad.any() and not run.warnings:
                found.append(
                    f"{name}from τ = {run.timeseries['tau'][bad][0]:.4g} on the walls aren't resolved, or the horizon "
                    "exceeds the box"
                )
    return found


def _warnings(runs):
    lines = warnings_of(runs)
    if not lines:
        return '<p class="soft">No warnings: walls are resolved and the horizon fits into the box at all times.</p>'
    return '<div class="warn" role="note">' + "".join(f"<p>{text(line)}</p>" for line in lines) + "</div>"


def _slices(runs):
    run, count = runs[0], 0
    pictures = chosen(run.slices)
    parts = []
    for one in pictures:
        parts.append(
            f'<figure><img alt="slice at tau = {one.tau:.4g}" src="{data_uri(one)}">'
            f"<figcaption>τ = {one.tau:.4g}</figcaption></figure>"
        )
        count += 1
    if not count:
        return missing("Slices: this run keeps none; store.slices is the interval between pictures.")
    note = "" if len(runs) == 1 else f" Of the first run, {run.path.name}."
    return (
        f'<div class="slices">{"".join(parts)}</div><p class="soft">'
        f"The plane x = N/2, z to the right, y upwards.{text(note)}</p>"
        '<div class="bar" role="img" aria-label="colours"></div>'
        '<div class="scale"><span>φ = −1.2 η</span><span>0</span><span>1.2 η</span></div>'
    )


def _parameters(given):
    runs, body = given.runs, ""
    if len(runs) > 1:
        keys = list(runs.differences)
        rows = [
            (str(run.path), run.params["seed"], *(number(runs.differences[key][i]) for key in keys))
            for i, run in enumerate(runs)
        ]
        body += table(("run", "seed", *keys), rows)
        body += (
            "<p>"
            + text(
                "One set-up with different seeds: plots have means and bands."
                if runs.same
                else "The runs differ in more than their seed: plots overlay them, without means."
            )
            + "</p>"
        )
    for run in runs if len(runs) == 1 else [given.first]:
        body += details(f"config.cfg: all parameters ({run.path.name})", run.config)
    return body


def _provenance(runs):
    body = ""
    for run in runs:
        title = f"<h3>{text(run.path)}</h3>" if len(runs) > 1 else ""
        found = run.provenance
        rows = [(name, found[name]) for name in found]
        body += title + (
            table(("", ""), rows) if rows else missing("Provenance: the run has no spectra.h5 and no run.log.")
        )
    return body


def _texts(given):
    run, body = given.first, ""
    if run.has("analysis_text"):
        body += details("analysis.txt: what dwell analyse found", run.analysis_text)
    elif not given.joint:
        why = "`dwell analyse` hasn't been run"
        if (run.path / "analysis/analysis.h5").is_file():
            why = "what is there is of another run, or of this one before it went on; run `dwell analyse`"
        body += missing(f"Analysis: {why}; it fits scaling laws, coherence, slopes and the spectrum today.")
    if run.has("log"):
        body += details("run.log", run.log)
    return body


def _joint(given):
    """Results of the analysis of several runs together; "" for a page that can have none."""
    if not given.averaged:
        return ""
    if not given.joint:
        return missing(
            "Joint analysis: errors from the scatter between runs, and every fit of all of them together, by "
            "`dwell analyse RUN... --output DIR/analysis` and `dwell report RUN... --output DIR`."
        )
    rows = [
        (part, name, with_error(value, error), "" if unit == "1" else unit, meaning)
        for part, name, value, error, unit, meaning in joint_numbers(given.joint)
    ]
    body = table(("section", "quantity", "value ± error", "unit", "is"), rows) if rows else ""
    said = f"Of {len(given.joint.runs)} runs together, from {given.joint.path}. Errors come from the scatter between them."
    body = f'<p class="soft">{text(said)}</p>' + body
    if given.joint.has("analysis_text"):
        body += details("analysis.txt: what dwell analyse found of them together", given.joint.analysis_text)
    return body


def whole(title, body):
    """The page from its body."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{text(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{body}"
        f'<footer class="soft"><p>Made by dwell report {__version__}. Units: η is the vacuum value, m = √λ η; '
        "docs/conventions.md defines every quantity.</p></footer>\n</body>\n</html>\n"
    )


def run_page(given, plots):
    """The page of one or several runs. `plots` is a list of (group, [(Plot, inline SVG) or text]), in order."""
    runs = given.runs
    names = ", ".join(dict.fromkeys(str(run.params.get("name") or run.path.name) for run in runs))
    title = f"{names}: {len(runs)} runs" if len(runs) > 1 else names
    body = f"<header><h1>{text(title)}</h1>\n<p class=\"soft\">{text(', '.join(str(run.path) for run in runs))}</p></header>\n"
    body += _warnings(runs) + facts(facts_of(given.first)) + "\n"
    body += section("slices", "Slices", _slices(runs))
    for name, heading, items in plots:
        parts = [missing(item) if isinstance(item, str) else figure(*item) for item in items]
        body += section(name, heading, f'<div class="plots">\n{chr(10).join(parts)}\n</div>')
    joined = _joint(given)
    body += section("joint", "Joint analysis", joined) if joined else ""
    body += section("parameters", "Parameters", _parameters(given))
    body += section("provenance", "Provenance", _provenance(runs))
    body += section("texts", "Analysis and log", _texts(given))
    return whole(title, body)
