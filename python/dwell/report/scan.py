"""The page of a scan: its points, and what they gave, coloured by each scanned parameter; what its emulator says."""
import html
import re

import numpy as np

from . import emulator, emulator_section, page, style
from .emulator import MOST_PARAMETERS
from .emulator_plots import parameter_label
from .material import Plot, number, positive, with_error
from .spectrum_plots import K
from .time_plots import TAU

OWN_PLOTS = re.compile(r"(points|domain|pulls|errors|calibration|(area|gw|etc|field|checks|emulated)_.*)\.(svg|png)")
"""Files of the plots of such a page."""
SPECTRA = (
    ("gw", "drho_dlnk", "Gravitational waves", r"$d\rho/d\ln k$  [$m^2\eta^4/M_P^2$]"),
    ("etc", "value", "Anisotropic stress at equal times", r"ETC$(k)$  [$m\,\eta^4$]"),
    ("field", "power", "Spectrum of the field", r"$P(k)$  [$\eta^2/m^3$]"),
)


def last_of(values):
    """Index of the last row that has a number, None where there is none. `values` is (rows, ...)."""
    rows = np.flatnonzero(np.isfinite(values.reshape(len(values), -1)).any(axis=1))
    return int(rows[-1]) if len(rows) else None


def mean_spectrum(dataset, group, name, members):
    """(τ, k, mean, standard error of the mean) of the last spectra of a point's runs; None where they have none in common."""
    table = dataset.spectra[group]
    values, at = [], None
    for run in members:
        last = last_of(table[name][run])
        if last is not None:
            at = (float(table["tau"][run, last]), table["k"][run]) if at is None else at
            values.append(table[name][run, last])
    if not values:
        return None
    stack = np.array(values)
    error = stack.std(axis=0, ddof=1) / np.sqrt(len(stack)) if len(stack) > 1 else np.full(stack.shape[1:], np.nan)
    return (*at, stack.mean(axis=0), error)


def mean_last(dataset, column, members):
    """Mean over a point's runs of the last number of a column, and its standard error."""
    values = []
    for run in members:
        series = dataset.timeseries[column][run] if column in dataset.timeseries else np.array([])
        last = last_of(series[:, None]) if len(series) else None
        values += [] if last is None else [series[last]]
    if not values:
        return np.nan, np.nan
    return np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan


def _colours(dataset, d, figure, axes):
    """A function from a value of parameter d to its colour, with the bar that explains it."""
    from matplotlib import cm, colormaps, colors

    values = dataset.values[:, d]
    low, high = float(values.min()), float(values.max())
    scale = (colors.LogNorm if dataset.logarithmic[d] and low > 0 else colors.Normalize)(
        low, high if high > low else low + 1
    )
    some = colormaps["viridis"](np.linspace(0.2, 0.88, 64))  # ends that neither white nor dark paper swallows
    shown = cm.ScalarMappable(norm=scale, cmap=colors.ListedColormap(some))
    bar = figure.colorbar(shown, ax=axes, label=parameter_label(dataset, d))
    style.plain_logarithm(bar.ax.yaxis)
    return lambda value: shown.to_rgba(value)


def _file(*parts):
    return "_".join(parts).replace(".", "-")


def points(dataset):
    """Where the points lie, for one or two parameters, or the first two of more."""
    if not dataset.keys:
        return "Points: nothing is scanned, all runs are of one point."
    figure, (axes,) = style.figure()
    first = {int(p): dataset.members(p, level)[0] for level in (1, 0) for p in dataset.points(level)}
    rows = np.array(list(first.values()))
    blind = dataset.run["blind"][rows] > 0
    x = dataset.values[rows, 0]
    y = dataset.values[rows, 1] if len(dataset.keys) > 1 else np.zeros(len(rows))
    for which, marker, label in ((~blind, "o", "training"), (blind, "^", "check, never trained on")):
        if which.any():
            axes.plot(x[which], y[which], marker, color=style.COLOURS[1 if marker == "^" else 0], label=label)
    axes.set_xlabel(parameter_label(dataset, 0))
    axes.set_xscale("log" if dataset.logarithmic[0] else "linear")
    if len(dataset.keys) > 1:
        axes.set_ylabel(parameter_label(dataset, 1))
        axes.set_yscale("log" if dataset.logarithmic[1] else "linear")
    else:
        axes.set_yticks([])
    style.plain_logarithm(axes.xaxis)
    style.plain_logarithm(axes.yaxis)
    style.legend(axes)
    more = f" Of {len(dataset.keys)} parameters the first two." if len(dataset.keys) > 2 else ""
    return Plot("points", "Points of the scan", figure, f"{len(rows)} points.{more}")


def spectrum(dataset, which, d):
    """Last spectra of all points, means over seeds with their standard errors, coloured by parameter d."""
    group, name, title, label = which
    if group not in dataset.spectra:
        return f"{title}: no run of the scan has it."
    if not np.any(dataset.spectra[group][name] > 0):
        return f"{title}: every value is zero."
    figure, (axes,) = style.figure()
    colour = _colours(dataset, d, figure, axes)
    for point in dataset.points():
        members = dataset.members(point)
        found = mean_spectrum(dataset, group, name, members)
        if found is None:
            continue
        _, k, mean, error = found
        of = colour(dataset.values[members[0], d])
        axes.plot(k, positive(k, mean), color=of, linewidth=1.3)
        if np.any(np.isfinite(error)):
            axes.fill_between(
                k, positive(k, np.maximum(mean - error, 0.02 * mean)), mean + error, color=of, alpha=0.25, linewidth=0
            )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(K)
    axes.set_ylabel(label)
    style.plain_logarithm(axes.xaxis)
    return Plot(
        _file(group, dataset.keys[d]),
        f"{title}, by {dataset.keys[d]}",
        figure,
        "The last spectrum of each point of the base run's kind, mean over its "
        f"seeds with its standard error, coloured by {dataset.keys[d]}.",
    )


def area(dataset, d):
    """A_t of all points, coloured by parameter d."""
    if "area_parameter_t" not in dataset.timeseries or not np.isfinite(dataset.timeseries["area_parameter_t"]).any():
        return "Area of the walls: no run of the scan has it."
    figure, (axes,) = style.figure()
    colour = _colours(dataset, d, figure, axes)
    tau, value = dataset.timeseries["tau"], dataset.timeseries["area_parameter_t"]
    for point in dataset.points():
        members = dataset.members(point)
        stack = value[members]
        rows = np.isfinite(stack).all(axis=0)
        mean = stack[:, rows].mean(axis=0)
        of = colour(dataset.values[members[0], d])
        axes.plot(tau[members[0]][rows], mean, color=of, linewidth=1.3)
        if len(members) > 1:
            error = stack[:, rows].std(axis=0, ddof=1) / np.sqrt(len(members))
            axes.fill_between(tau[members[0]][rows], mean - error, mean + error, color=of, alpha=0.25, linewidth=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(TAU)
    axes.set_ylabel(r"$A_t = S\,t/a$")
    return Plot(
        _file("area", dataset.keys[d]),
        f"Area of the walls, by {dataset.keys[d]}",
        figure,
        "A_t of each point of the base run's kind, mean over its seeds "
        f"with its standard error, coloured by {dataset.keys[d]}.",
    )


def _peak(dataset, members):
    """Mean of the peaks of the last gravitational-wave spectra, and its standard error."""
    if "gw" not in dataset.spectra:
        return np.nan, np.nan
    peaks = []
    for run in members:
        last = last_of(dataset.spectra["gw"]["drho_dlnk"][run])
        peaks += [] if last is None else [np.nanmax(dataset.spectra["gw"]["drho_dlnk"][run, last])]
    if not peaks:
        return np.nan, np.nan
    return np.mean(peaks), np.std(peaks, ddof=1) / np.sqrt(len(peaks)) if len(peaks) > 1 else np.nan


def table(dataset):
    """Rows of the table of points."""
    rows = []
    for level, kind in ((0, "base"), (1, "cheap")):
        for point in dataset.points(level):
            members = dataset.members(point, level)
            rows.append(
                (
                    int(point),
                    kind + (", check" if dataset.run["blind"][members[0]] else ""),
                    *(number(float(value)) for value in dataset.values[members[0]]),
                    len(members),
                    with_error(*mean_last(dataset, "area_parameter_t", members)),
                    with_error(*_peak(dataset, members)),
                )
            )
    return ("point", "runs of", *dataset.keys, "seeds", "A_t at the end", "peak of dρ/dln k"), rows


def _plots(made, folder, names):
    """The plots, saved, in their frame; adds their names."""
    parts = []
    for item in made:
        if isinstance(item, str):
            parts.append(page.missing(item))
        else:
            parts.append(page.figure(item, style.save(item.figure, folder, item.name, html.escape(item.title))))
            names.append(item.name)
    return f'<div class="plots">{chr(10).join(parts)}</div>'


def _remove_old(folder, names):
    """Plots of an earlier report that this one hasn't."""
    for path in folder.iterdir():
        if OWN_PLOTS.fullmatch(path.name) and path.stem not in names:
            path.unlink()


def _facts(dataset):
    seeds = {len(dataset.members(point)) for point in dataset.points()}
    return [
        ("runs", len(dataset)),
        ("points", len(np.unique(dataset.run["point"]))),
        ("seeds of a point", "–".join(str(s) for s in sorted({min(seeds, default=0), max(seeds, default=0)}))),
        ("cheap runs", int(np.sum(dataset.run["level"] == 1))),
        ("machine time", f"{dataset.run['seconds'].sum() / 3600:.3g} core hours"),
    ]


def _parameters(dataset):
    ranges = [
        (key, unit, number(float(low)), number(float(high)), "logarithm" if log else "")
        for key, unit, low, high, log in zip(
            dataset.keys, dataset.units, dataset.values.min(axis=0), dataset.values.max(axis=0), dataset.logarithmic
        )
    ]
    return page.table(("scanned", "unit", "from", "to", "even in its"), ranges) + "".join(
        page.details(title, dataset.attributes[key])
        for key, title in (
            ("scan", "the scan file"),
            ("base", "parameters of the base run"),
            ("cheap", "parameters of its cheap twin"),
        )
        if dataset.attributes.get(key)
    )


def scan_report(dataset, output, model=None, train=False):
    """OUTPUT/plots/*.svg, *.png, OUTPUT/report.html, and a line for each on stdout. `model` is a file, None: model.h5
    beside the data set, if it is there; `train` makes it."""
    of, instead = emulator.find(dataset, model, train)
    folder = output / "plots"
    folder.mkdir(parents=True, exist_ok=True)
    measured = [] if of else [points(dataset)]
    for d in range(min(len(dataset.keys), MOST_PARAMETERS)):
        measured += [area(dataset, d)] + [spectrum(dataset, which, d) for which in SPECTRA]
    name, names = str(dataset.attributes.get("name", "")) or dataset.path.parent.name, []
    body = f'<header><h1>{page.text(name)}: a scan</h1>\n<p class="soft">{page.text(dataset.path)}</p></header>\n'
    body += page.facts(_facts(dataset)) + emulator_section.contents(dataset, of)
    draw = lambda made: _plots(made, folder, names)  # noqa: E731
    body += emulator_section.sections(of, draw) if of else ""
    body += page.section("network", "Simulated: points and what they gave", draw(measured))
    if not of:
        body += page.section("emulator", "Emulator", page.missing(instead))
    body += page.section("parameters", "Parameters", _parameters(dataset))
    body += page.section("points-table", "All points", page.table(*table(dataset)))
    provenance = [
        (key[len("provenance.") :], value) for key, value in dataset.attributes.items() if key.startswith("provenance.")
    ]
    body += page.section("provenance", "Provenance", page.table(("", ""), provenance) + emulator_section.origin(of))
    _remove_old(folder, names)
    style.replace(output / "report.html", page.whole(f"{name}: a scan", body).encode())
    print(f"written      {output}/report.html, {len(names)} plots (.svg, .png) in {output}/plots")
    print(f"emulator     {of.path}" if of else "emulator     none; the page says why")
