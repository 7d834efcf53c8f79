"""What the page of a scan says about its emulator."""
import numpy as np

from . import emulator_lines as lines, emulator_plots as plots, page
from .material import number


def contents(dataset, of):
    """What stands on the page, and how each kind of number came about."""
    rows = [
        ("simulated", "means over the runs of this scan, with standard errors over their seeds", "points of the scan")
    ]
    if of:
        rows.append(
            (
                "emulated",
                "predictions of `dwell surrogate predict`, with intervals of 68 and 95 % of the ensemble mean",
                "everywhere inside of the ranges; the verdict is OK or DEGRADED",
            )
        )
    queries = _queries(dataset)
    corrected = sum(name.startswith("corrected") for name, _ in queries)
    rows.append(
        (
            "corrected",
            "cheap runs and the learned difference to full ones, by `dwell surrogate query`",
            f"{corrected} places that were asked for" if corrected else "none on this page",
        )
    )
    body = page.table(("provenance", "is", "where"), rows, marked=True)
    if queries:
        body += page.folded(f"{len(queries)} queries that ran something", page.table(("query", "runs"), queries))
    return page.section("kinds", "How numbers came about", body)


def _queries(dataset):
    """[(name, number of runs)] of the queries that were answered by runs."""
    folder, found = dataset.path.parent / "queries", []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        journal = path / "journal.txt"
        if journal.is_file():
            lines = journal.read_text(encoding="utf-8", errors="replace").splitlines()
            found.append((path.name, sum(line.startswith("done ") for line in lines)))
    return found


def sections(of, draw):
    """Sections of the page; `draw` saves a list of plots and returns their part of the page."""
    trust = [plots.errors(of), plots.pulls(of), plots.domain(of), plots.calibration(of)]
    body = page.facts(_facts(of)) + draw(trust) + _errors(of) + _points(of)
    whole = page.section("emulator", "Emulator: errors and where it serves", body)
    whole += page.section(
        "lines",
        "Emulated along each parameter",
        draw([lines.line(of, along, name) for along in of.lines for name in of.quantities]),
    )
    heading = "Emulated and simulated: blind checks" if of.held_out == "checks" else "Emulated and simulated: left out"
    return whole + page.section("checks", heading, draw([lines.checks(of, name) for name in of.quantities]))


def _facts(of):
    about = of.evaluation.attributes
    words = [str(word) for word in of.evaluation["points"]["status"]]
    return [
        ("model", of.path.name),
        ("learned from", f"{about['points']} points, {about['runs']} runs"),
        (
            "compared with",
            f"{len(words)} checks" if of.held_out == "checks" else f"each point, {about['folds']} folds",
        ),
        *((word, f"{words.count(word)} of {len(words)}") for word in plots.WORDS),
        ("outside the hull of its points", f"{about['outside_hull']} of {len(words)}"),
        ("DEGRADED above", f"{number(float(of.bound))} rms of the logarithm"),
    ]


def _small(value):
    if not np.isfinite(value):
        return "–"
    return f"{value:.3f}" if value > 0 else "< noise"


def _errors(of):
    """The table of errors and coverage."""
    methods = [str(name) for name in of.found(of.quantities[0])["method"]]
    rows = []
    for name in of.quantities:
        found = of.found(name)
        about = found.attributes
        rows.append(
            (
                name,
                *(_small(error) for error in found["method_error"]),
                f"{about['rms_z']:.2f}",
                f"{100 * about['within68']:.0f}",
                f"{100 * about['within95']:.0f}",
            )
        )
    head = ("rms error of the logarithm", *methods, "rms z", "in 68 %", "in 95 %")
    note = (
        "Of the checks, which nothing was trained on."
        if of.held_out == "checks"
        else "The scan has no checks: of each point, by a model that learned from the other folds. A scan with "
        "`blind_every` has some."
    )
    return page.table(head, rows) + f'<p class="soft">{page.caption(note)}</p>'


def _points(of):
    """The points of the comparison, one by one."""
    points, keys = of.evaluation["points"], of.dataset.keys
    rows = []
    for i, point in enumerate(points["design"]):
        cells = []
        for name in of.quantities:
            found = of.found(name)
            here = found["design"] == point
            off, z = found["predicted"][here] - found["measured"][here], found["z"][here]
            cells.append(
                f"{np.sqrt(np.mean(off**2)):.3f}, z {np.sqrt(np.mean(z**2)):.2f}" if here.any() else "–"
            )
        values = [f"{value:.5g}" for value in points["values"][i]]
        rows.append((int(point), str(points["status"][i]), *values, points["seeds"][i], *cells))
    head = ("point", "status", *keys, "seeds", *of.quantities)
    return page.folded(
        f"The {len(rows)} points that were compared: rms of emulated over simulated, noise included, and rms of z",
        page.table(head, rows),
    )


def origin(of):
    """Provenance of the model."""
    if not of:
        return ""
    rows = [
        (key[len("provenance.") :], value) for key, value in of.attributes.items() if key.startswith("provenance.")
    ]
    return f"<h3>{page.text(of.path)}</h3>" + page.table(("", ""), rows)
