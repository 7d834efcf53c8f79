"""Plots of an emulator: how far it can be trusted, where, and what it says."""
import numpy as np
from matplotlib.patches import Patch

from . import style
from .material import Plot, number

TITLES = {
    "gw/drho_dlnk": ("Gravitational waves", r"$d\rho/d\ln k$  [$m^2\eta^4/M_P^2$]", r"$d\rho/d\ln k$"),
    "gw/omega": ("Gravitational waves over the critical density", r"$\hat\Omega$", r"$\hat\Omega$"),
    "etc/value": ("Anisotropic stress", r"ETC$(k)$  [$m\,\eta^4$]", "ETC"),
    "field/power": ("Field", r"$P(k)$  [$\eta^2/m^3$]", r"$P(k)$"),
    "area_parameter_h": ("Area of the walls", r"$A_H = S/2\mathcal{H}$", r"$A_H$"),
    "area_parameter_t": ("Area of the walls", r"$A_t = S\,t/a$", r"$A_t$"),
    "velocity": ("Velocity of the walls", r"rms $v$", r"$v$"),
}
"""Of a quantity: title, label of an axis, short name."""
WORDS = {"OK": ("none", ""), "DEGRADED": ("#E69F00", "///"), "OUT": ("#808081", "xxx")}
"""Colour and hatch of a verdict."""
LEARNED, CHECKS = style.COLOURS[0], style.COLOURS[1]
"""Colours of points that the emulator learned from, circles, and of others, triangles."""


def title(name):
    return TITLES.get(name, (name, name, name))[0]


def axis_label(name):
    return TITLES.get(name, (name, name, name))[1]


def short(name):
    return TITLES.get(name, (name, name, name))[2]


def file_name(*parts):
    return "_".join(parts).replace(".", "-").replace("/", "-")


def parameter_label(dataset, d):
    unit = dataset.units[d]
    symbols = unit.replace("eta", r"\eta ")
    return dataset.keys[d] + ("" if unit in ("", "1") else f"  [${symbols}$]")


def tests(of, many=True):
    """What the model was compared with, in words."""
    if of.held_out == "checks":
        return "checks, which it never saw" if many else "check"
    return "points left out in turn" if many else "point left out"


def ticks(axes):
    """Plain numbers on logarithmic axes."""
    style.plain_logarithm(axes.xaxis)
    style.plain_logarithm(axes.yaxis)


# --- how far it can be trusted ---


def _panels(names):
    """A figure with a small panel for each quantity, two in a row, and the list of axes."""
    rows = -(-len(names) // 2)
    figure = style.Figure(dpi=72, figsize=(6.6, 0.5 + 1.95 * rows))
    panels = figure.subplots(rows, min(2, len(names)), squeeze=False).ravel()
    for axes in panels[len(names) :]:
        axes.set_visible(False)
    return figure, panels[: len(names)]


def pulls(of):
    """Histograms of z, with the normal distribution that it should be."""
    names = [name for name in of.quantities if len(of.found(name)["z"])]
    if not names:
        return "Pulls: all points to compare with are OUT."
    figure, panels = _panels(names)
    edges = np.linspace(-4, 4, 33)
    at = np.linspace(-4, 4, 161)
    for axes, name in zip(panels, names):
        found = of.found(name)
        density, _ = np.histogram(np.clip(found["z"], edges[0], edges[-1]), edges, density=True)
        axes.stairs(density, edges, fill=True, color=style.COLOURS[0], alpha=0.45)
        axes.stairs(density, edges, color=style.COLOURS[0], linewidth=1.2)
        normal = np.exp(-0.5 * at**2) / np.sqrt(2 * np.pi)
        axes.plot(at, normal, color=style.INK, linestyle=style.DASHES[1], linewidth=1.4)
        about = found.attributes
        axes.set_title(
            f"{short(name)}: rms {about['rms_z']:.2f}, {100 * about['within68']:.0f} | {100 * about['within95']:.0f} %",
            fontsize=11,
        )
        axes.set_xticks([-4, -2, 0, 2, 4])
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
    figure.supxlabel(r"$z$ = (emulated − simulated) / error, of logarithms", fontsize=11.5)
    count = len(of.evaluation["points"]["design"])
    return Plot(
        "pulls",
        "Whether the claimed errors are kept",
        figure,
        f"z over {count} {tests(of)}: the difference of the logarithms over the error that the emulator claims and the "
        "noise of their own seeds. Dashed: the normal distribution. Above each panel the rms of z (1 is right), and the "
        "share of values inside the intervals of 68 | 95 %. Values of one point go together, so that so few points leave "
        "a scatter of some per cent. Beyond ±4 values stand in the last bin.",
    )


def errors(of):
    """rms errors beside the simple ways."""
    figure, (axes,) = style.figure(height=1.5 + 0.5 * len(of.quantities))
    methods = [str(name) for name in of.found(of.quantities[0])["method"]]
    places = np.arange(len(of.quantities))[::-1]
    hidden = False
    for m, method in enumerate(methods):
        error = np.array([of.found(name)["method_error"][m] for name in of.quantities])
        hidden = hidden or bool(np.any(error == 0))
        if np.any(error > 0):
            axes.plot(
                np.where(error > 0, error, np.nan),
                places + (0 if m == 0 else 0.12 * (m - 3)),
                style.MARKERS[m % 6],
                color=style.COLOURS[m % 6],
                markersize=10 if m == 0 else 7,
                markerfacecolor=style.COLOURS[m % 6] if m == 0 else "none",
                markeredgewidth=1.6,
                label=method,
            )
    axes.set_xscale("log")
    axes.set_yticks(places, [short(name) for name in of.quantities])
    axes.set_ylim(-0.6, len(of.quantities) - 0.4)
    axes.set_xlabel("rms error of the logarithm")
    ticks(axes)
    style.legend(axes)
    return Plot(
        "errors",
        "Errors, beside simple ways of doing it",
        figure,
        f"rms over the {tests(of)}, all times and bins, without the noise of their own seeds. Filled: the emulator."
        + (" What has no mark is below that noise." if hidden else ""),
    )


def point_errors(of, name):
    """Of the points of the comparison: (expected, found) rms errors of a quantity, noise included."""
    table = of.found(name)
    rows = [table["design"] == point for point in np.unique(table["design"])]
    claimed, off = table["error"] ** 2 + table["noise"] ** 2, (table["predicted"] - table["measured"]) ** 2
    return tuple(np.sqrt([np.mean(square[row]) for row in rows]) for square in (claimed, off))


def calibration(of):
    """Error of each point over what was expected of it."""
    figure, panels = _panels(of.quantities)
    are_checks = of.held_out == "checks"
    for axes, name in zip(panels, of.quantities):
        found, expected = of.left_out[name].T
        axes.plot(expected, found, "o", color=LEARNED, markersize=4, alpha=0.8)
        blind = point_errors(of, name) if are_checks else np.empty((2, 0))
        axes.plot(*blind, "^", color=CHECKS, markersize=6, markerfacecolor="none", markeredgewidth=1.4)
        everything = np.concatenate([found, expected, *blind])
        ends = np.array([everything.min() * 0.8, everything.max() * 1.25])
        axes.plot(ends, ends, color=style.INK, linestyle=style.DASHES[1], linewidth=1.2)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_title(short(name), fontsize=11)
        axes.tick_params(labelsize=9.5, which="both")
        ticks(axes)
    figure.supxlabel("rms error that was expected", fontsize=11.5)
    figure.supylabel("rms error that was found", fontsize=11.5)
    return Plot(
        "calibration",
        "The error of each point",
        figure,
        "rms of the logarithm over times and bins of a point, with the noise of its seeds. Circles: points that the emulator "
        "learned from, each predicted from the others. "
        + ("Triangles: checks, which it never saw. " if are_checks else "")
        + "On the dashed line the error is as large as was expected.",
    )


# --- where ---


def marks(of, axes, d, e, size=1.0):
    """Points of the scan over parameters d and e (None: at the bottom)."""
    data = of.dataset
    learned = set(int(p) for p in of.evaluation["learned"]["design"])
    checks = set(int(p) for p in of.evaluation["points"]["design"]) - learned
    for which, marker, fill, label in (
        (learned, "o", True, "learned from"),
        (checks, "^", False, "check, never seen"),
    ):
        rows = [data.members(point)[0] for point in sorted(which)]
        if rows:
            x = data.values[rows, d]
            axes.plot(
                x,
                np.full(len(x), 0.03 if fill else 0.08) if e is None else data.values[rows, e],
                marker,
                color=LEARNED if fill else CHECKS,
                markersize=(4.5 if fill else 6.5) * size,
                markerfacecolor=LEARNED if fill else "none",
                markeredgewidth=1.4 * size,
                transform=axes.get_xaxis_transform() if e is None else axes.transData,
                label=label,
                clip_on=False,
            )


def domain(of):
    """Where the emulator says OK, DEGRADED and OUT, and where the runs are."""
    if of.maps[0].e is None:
        return _domain_of_one(of)
    return _domain_of_more(of)


def _domain_of_one(of):
    found = of.maps[0]
    figure, (axes,) = style.figure()
    for q, name in enumerate(of.quantities):
        axes.plot(
            found.x,
            found.error[name],
            color=style.COLOURS[q % 6],
            linestyle=style.DASHES[q % 6],
            label=short(name),
        )
    axes.axhline(of.bound, color=style.INK, linewidth=1, linestyle=style.DASHES[2])
    _spans(axes, found)
    marks(of, axes, found.d, None)
    axes.set_xlim(found.x[0], found.x[-1])
    axes.set_ylim(bottom=0)
    axes.set_xlabel(parameter_label(of.dataset, found.d))
    axes.set_ylabel("rms error of the logarithm")
    axes.set_xscale("log" if of.dataset.logarithmic[found.d] else "linear")
    ticks(axes)
    style.legend(axes)
    return Plot(
        "domain",
        "Where the emulator serves",
        figure,
        f"Error that it claims for the mean, without that of the seeds. Dotted: the bound of {number(float(of.bound))}, above "
        "which it says DEGRADED (orange). Grey: OUT, no prediction. " + _points_said(of),
    )


def _spans(axes, found):
    for word in ("DEGRADED", "OUT"):
        here = np.concatenate([[False], found.status == word, [False]]).astype(int)
        edges = np.flatnonzero(np.diff(here))
        for begin, end in zip(edges[::2], edges[1::2]):
            last = min(end, len(found.x) - 1)
            axes.axvspan(
                found.x[begin],
                found.x[last],
                facecolor=WORDS[word][0],
                alpha=0.25,
                hatch=WORDS[word][1],
                edgecolor=WORDS[word][0],
                linewidth=0,
            )


def _points_said(of):
    words = [str(word) for word in of.evaluation["points"]["status"]]
    said = ", ".join(f"{words.count(word)} {word}" for word in WORDS if words.count(word))
    return f"The {tests(of)}: {said}, at their own places."


def _domain_of_more(of):
    data, last = of.dataset, max(one.e for one in of.maps)
    figure = style.Figure(dpi=72, figsize=(6.6, 6.6 if last > 1 else 4.6))
    panels = figure.subplots(last, last, squeeze=False, sharex="col", sharey="row")
    for row in panels:
        for axes in row:
            axes.set_visible(False)
    for found in of.maps:
        axes = panels[found.e - 1, found.d]
        axes.set_visible(True)
        axes.grid(False)
        axes.set_xscale("log" if data.logarithmic[found.d] else "linear")
        axes.set_yscale("log" if data.logarithmic[found.e] else "linear")
        _regions(axes, found)
        marks(of, axes, found.d, found.e, 1.0 if last == 1 else 0.75)
        axes.set_xlim(data.low[found.d], data.high[found.d])
        axes.set_ylim(data.low[found.e], data.high[found.e])
        small = 11.5 if last == 1 else 9.5
        if found.e == last:
            axes.set_xlabel(parameter_label(data, found.d), fontsize=small)
        if found.d == 0:
            axes.set_ylabel(parameter_label(data, found.e), fontsize=small)
        axes.tick_params(labelsize=small - 1, which="both")
        ticks(axes)
    words = [word for word in ("DEGRADED", "OUT") if any(np.any(one.status == word) for one in of.maps)]
    more = [
        (Patch(facecolor=WORDS[word][0], alpha=0.4, hatch=WORDS[word][1], edgecolor=WORDS[word][0], label=word), word)
        for word in words
    ]
    if last == 1:
        style.legend(panels[0, 0], more=more)
    else:  # the corner above the diagonal is free
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(
            handles + [handle for handle, _ in more], labels + words, loc="upper right", bbox_to_anchor=(0.99, 0.97)
        )
    middle = ", the others in the middle of their ranges" if len(data.keys) > 2 else ""
    return Plot(
        "domain",
        "Where the emulator serves",
        figure,
        f"White: OK{middle}; orange: DEGRADED, the error of a quantity exceeds {number(float(of.bound))}; grey: OUT, no "
        f"prediction, as everywhere beyond the ranges. {_points_said(of)}"
        + (" Points are seen from all their places." if len(data.keys) > 2 else ""),
    )


def _regions(axes, found):
    for word in ("DEGRADED", "OUT"):
        here = found.status == word
        if here.any():
            colour, hatch = WORDS[word]
            axes.contourf(
                found.x, found.y, here.astype(float), levels=[0.5, 1.5], colors=[colour], hatches=[hatch], alpha=0.4
            )
