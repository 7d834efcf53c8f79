"""Plots of what an emulator says, with the runs beside it: along each parameter, and at points that it hadn't seen."""
import numpy as np

from . import style
from .emulator_plots import axis_label, file_name, parameter_label, tests, title
from .material import Plot, positive
from .spectrum_plots import K
from .time_plots import TAU


def _shades(count):
    """Colours of ordered lines, that neither white nor dark paper swallows."""
    from matplotlib import colormaps

    return [colormaps["viridis"](x) for x in np.linspace(0.25, 0.88, count)]


def _frame(name, is_spectrum, panels):
    """Figure and axes of a quantity; the second panel is for ratios."""
    figure, axes = style.figure(panels, None if panels == 1 else 5.6)
    axes[0].set_ylabel(axis_label(name))
    axes[-1].set_xlabel(K if is_spectrum else TAU)
    if is_spectrum:
        axes[0].set_xscale("log")
        axes[0].set_yscale("log")
        style.plain_logarithm(axes[-1].xaxis)
    if panels > 1:
        axes[1].set_ylabel("simulated / emulated")
        axes[1].axhline(1, color=style.INK, linewidth=0.8)
        figure.get_layout_engine().set(hspace=0.02)
    return figure, axes


def _finish(axes, is_spectrum):
    """Numbers begin at 0; less than a decade and a half has ticks that are plain numbers."""
    low, high = axes.get_ylim()
    if not is_spectrum:
        axes.set_ylim(bottom=0)
    elif high < 30 * low:
        style.plain_logarithm(axes.yaxis)


def _marks(axes, x, value, down, up, colour, marker):
    """Simulated: marks with bars from `down` to `up`."""
    keep = np.isfinite(positive(x, value))
    bars = [np.where(np.isfinite(end), np.abs(end - value), 0.0)[keep] for end in (down, up)]
    axes.errorbar(
        x[keep],
        value[keep],
        bars,
        fmt=marker,
        color=colour,
        markersize=4.5,
        markerfacecolor="none" if marker == "^" else colour,
        elinewidth=1,
        linestyle="none",
    )


def _draw(axes, i, count, x, emulated, bands, label):
    """A curve with its bands [(low, high)], the inner one first; in the panel of ratios the inner one around 1."""
    colour = _shades(count)[i]
    axes[0].plot(x, emulated, color=colour, linestyle=style.DASHES[i % 6], linewidth=1.6, label=label)
    for (low, high), alpha in zip(bands, (0.3, 0.15)):
        axes[0].fill_between(x, low, high, color=colour, alpha=alpha, linewidth=0)
    if len(axes) > 1:
        axes[1].fill_between(x, bands[0][0] / emulated, bands[0][1] / emulated, color=colour, alpha=0.2, linewidth=0)
    return colour


def line(of, along, name):
    """A quantity at some places along a parameter, with its band, and the runs that lie there."""
    data, found = of.dataset, of.predicted(name)
    is_spectrum = "k" in found
    x = found["k"] if is_spectrum else found["tau"]
    learned = set(int(p) for p in of.evaluation["learned"]["design"])
    key, count, out = data.keys[along.d], len(along.values), along.status.count("OUT")
    ran = [
        None if point is None else simulated(of, name, data.members(point), found["tau"])
        for point in along.simulated
    ]
    runs = sum(one is not None for one in ran)
    if out == count and not runs:
        return f"{title(name)}, emulated along {key}: all places are OUT."
    figure, axes = _frame(name, is_spectrum, 2 if runs else 1)
    for i, (value, status, point) in enumerate(zip(along.values, along.status, along.simulated)):
        row, colour = along.rows.start + i, _shades(count)[i]
        at = (row, -1) if is_spectrum else (row, slice(None), 0)
        if status != "OUT":
            bands = [(found[f"low{share}"][at], found[f"high{share}"][at]) for share in (68, 95)]
            label = f"{value:.4g}" + ("" if status == "OK" else f", {status}")
            _draw(axes, i, count, x, found["value"][at], bands, label)
        if ran[i] is not None:
            own, mean, error = ran[i]
            error, marker = np.minimum(error, 0.98 * mean), "o" if point in learned else "^"
            _marks(axes[0], own, mean, mean - error, mean + error, colour, marker)
            if status != "OUT":
                here, there = same_places(own, x)
                over = [value[here] / found["value"][at][there] for value in (mean, mean - error, mean + error)]
                _marks(axes[1], x[there], *over, colour, marker)
    _finish(axes[0], is_spectrum)
    unit = parameter_label(data, along.d)
    style.legend(axes[-1] if runs else axes[0], columns=5, handles_of=axes[0], title=unit)
    others = ", the other parameters in the middle of their ranges" if len(data.keys) > 1 else ""
    when = f" at τ = {found['tau'][-1]:.4g}/m" if is_spectrum else ""
    return Plot(
        file_name("emulated", name, key),
        f"{title(name)}, emulated along {key}",
        figure,
        f"Emulated: the ensemble mean{when}{others}; bands: 68 and 95 %. "
        + (
            "Simulated: the marks, means over seeds with their standard error, of few seeds a rough one; circles: points it "
            "learned from, triangles: checks. Below: their ratio where both have the same place, with the band of 68 %."
            if runs
            else "Simulated: no point of the scan lies on this line; the plots of checks have both."
        )
        + (f" {out} of {count} places are OUT and have no curve." if out else ""),
    )


def simulated(of, name, members, tau):
    """(x, mean, standard error) of a point's runs: a spectrum at the last of the times tau, or a column at its rows
    within them; None where the runs have no such time."""
    data, parts = of.dataset, name.split("/")
    if len(parts) == 1:
        x, stack = data.timeseries["tau"][members[0]], data.timeseries[name][members]
        keep = (x >= tau[0] * (1 - 1e-6)) & (x <= tau[-1] * (1 + 1e-6)) & np.isfinite(stack).all(axis=0)
        x, stack = x[keep], stack[:, keep]
    else:
        table = data.spectra[parts[0]]
        at = [np.flatnonzero(np.isclose(table["tau"][run], tau[-1], rtol=1e-6)) for run in members]
        if any(len(one) == 0 for one in at):
            return None
        x = table["k"][members[0]]
        stack = np.stack([table[parts[1]][run, one[0]] for run, one in zip(members, at)])
    if not len(x):
        return None
    error = stack.std(axis=0, ddof=1) / np.sqrt(len(stack)) if len(stack) > 1 else np.full(len(x), np.nan)
    return x, stack.mean(axis=0), error


def same_places(x, other):
    """Indices (i, j) of what is equal in two lists of rising numbers."""
    found = np.isclose(x[:, None], other[None, :], rtol=1e-6)
    return np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))


def check_points(of, name, most=5):
    """Points to show for a quantity: best, worst and those between, by their rms z."""
    table = of.found(name)
    worst = sorted(np.unique(table["design"]), key=lambda point: rms_z(table, point))
    if len(worst) <= most:
        return [int(point) for point in worst]
    return [int(worst[i]) for i in np.unique(np.linspace(0, len(worst) - 1, most).round().astype(int))]


def rms_z(table, point):
    return np.sqrt(np.mean(table["z"][table["design"] == point] ** 2))


def checks(of, name):
    """Predictions at points that the emulator hadn't seen, with the runs that were made there."""
    table = of.found(name)
    chosen = check_points(of, name)
    if not chosen:
        return f"{title(name)}: there is nothing to compare with, all points are OUT."
    is_spectrum, last = bool(np.any(table["k"] > 0)), table["tau"].max()
    figure, axes = _frame(name, is_spectrum, 2)
    for i, point in enumerate(chosen):
        rows = (table["design"] == point) & ((table["tau"] == last) if is_spectrum else True)
        x = table["k" if is_spectrum else "tau"][rows]
        log, measured, noise = (table[column][rows] for column in ("predicted", "measured", "noise"))
        bands = [(np.exp(log - table[half][rows]), np.exp(log + table[half][rows])) for half in ("half68", "half95")]
        label = f"point {point}: rms z {rms_z(table, point):.2f}"
        colour = _draw(axes, i, len(chosen), x, np.exp(log), bands, label)
        for panel, over in ((axes[0], 0.0), (axes[1], log)):
            at = measured - over
            _marks(panel, x, np.exp(at), np.exp(at - noise), np.exp(at + noise), colour, "^")
    _finish(axes[0], is_spectrum)
    style.legend(axes[1], columns=3, handles_of=axes[0])
    when = f" at τ = {last:.4g}/m" if is_spectrum else ""
    return Plot(
        file_name("checks", name),
        f"{title(name)}: checks" if of.held_out == "checks" else f"{title(name)}: points left out",
        figure,
        f"Curves with bands of 68 and 95 %: emulated{when}. Triangles: simulated, with the noise that their seeds leave. Below: "
        f"their ratio, with the band of 68 %. Of the {tests(of)}: the best, the worst and those between, by the rms of z over all "
        "times and bins. Both are means of the logarithm over seeds.",
    )
