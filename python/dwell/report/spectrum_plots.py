"""Plots against momentum or frequency: field, stress, gravitational waves, the spectrum today."""
import numpy as np

from ..errors import DwellMissing
from . import material, style
from .material import Plot, positive

NETWORK = 0.4
"""Before this share of the last time a network has hardly formed."""
K = r"comoving momentum $k$  [$m$]"


def _hubble(run, tau):
    """ℋ at a time, between rows of the time series."""
    table = run.timeseries
    return float(np.interp(tau, table["tau"], table["conformal_hubble"]))


def _time_label(tau):
    return rf"$\tau$ = {tau:.3g}"


def _logarithmic(axes, decades=8):
    """Logarithmic axes that show at most so many decades below the largest value. Errors: DwellMissing, nothing to show."""
    if not any(np.any(np.isfinite(np.asarray(line.get_ydata(), float))) for line in axes.get_lines()):
        raise DwellMissing("every value is zero")
    axes.set_xscale("log")
    axes.set_yscale("log")
    if axes.get_xlim()[0] > 1e-4:
        style.plain_logarithm(axes.xaxis)
    tops = [
        np.nanmax(y)
        for y in (np.asarray(line.get_ydata(), float) for line in axes.get_lines())
        if len(y) > 2 and np.any(np.isfinite(y))
    ]
    if tops:
        low, high = axes.get_ylim()
        axes.set_ylim(max(low, max(tops) * 10.0**-decades), high)


def _group(given, group, value):
    """The table to draw (that of the run, or means) and the name of its errors."""
    if given.averaged:
        return given.runs.spectra(group), f"{value}_std"
    return given.first.spectra[group], f"{value}_error"


def draw_times(axes, given, group, value, horizontal, start=0.0):
    """Curves at several times, the last one with its error or band; `horizontal(tau)` multiplies k, and times before
    `start` of the last one are left out.

    Returns the last table's row and what the caption adds.
    """
    table, error = _group(given, group, value)
    times = material.some_times(table["tau"], start=start)
    for place, t in enumerate(times):
        colour = style.TIMES[(place + 6 - len(times)) % 6]
        last = t == times[-1]
        x = table["k"] * horizontal(table["tau"][t])
        y = positive(x, table[value][t])
        axes.plot(
            x,
            y,
            color=colour,
            linestyle="solid" if last else style.DASHES[1 + (len(times) - place) % 5],
            linewidth=2.4 if last else 1.5,
            label=_time_label(table["tau"][t]),
        )
        if error in table and last:
            spread = table[error][t]
            axes.fill_between(
                x, positive(x, np.maximum(y - spread, 0.02 * y)), y + spread, color=colour, alpha=0.22, linewidth=0
            )
    if given.averaged:
        for run in given.runs:
            one = run.spectra[group]
            at = np.flatnonzero(one["step"] == table["step"][times[-1]])
            x = one["k"] * horizontal(table["tau"][times[-1]])
            axes.plot(x, positive(x, one[value][at[0]]), color=style.TIMES[5], linewidth=0.7, alpha=0.5)
        return (
            table,
            " Means over the runs; at the last time also single runs (thin) and their standard deviation (band).",
        )
    return table, " Band: standard error at the last time, for independent modes." if error in table else ""


def draw_runs(axes, given, group, value, horizontal, start=0.0):
    """The last spectrum of each of several runs that differ."""
    for i, run in enumerate(given.runs):
        if not run.has(f"spectra.{group}"):
            continue
        table = run.spectra[group]
        x = table["k"] * horizontal(table["tau"][-1])
        axes.plot(
            x,
            positive(x, table[value][-1]),
            color=style.COLOURS[i % 6],
            linestyle=style.DASHES[(i + i // 6) % 6],
            label=f"{given.label(i)}  ({_time_label(table['tau'][-1])})",
        )
    return None, " Of each run its last spectrum."


def _draw(given, group, value, horizontal=lambda tau: 1.0, decades=8, start=0.0):
    figure, (axes,) = style.figure()
    draw = draw_runs if given.compared else draw_times
    table, said = draw(axes, given, group, value, horizontal, start)
    _logarithmic(axes, decades)
    return figure, axes, table, said


def _lacks(given, group):
    """Why there is nothing to draw, or None."""
    if given.compared:
        return None if any(run.has(f"spectra.{group}") for run in given.runs) else "none of the runs has it"
    for run in given.runs:
        try:
            if group not in run.spectra or not len(run.spectra[group]["tau"]):
                return "the run has none"
        except DwellMissing as reason:
            return str(reason)
    return None


def field(given):
    lacks = _lacks(given, "field")
    if lacks:
        return f"Spectrum of the field: {lacks}."
    figure, axes, _, said = _draw(given, "field", "power")
    axes.set_xlabel(K)
    axes.set_ylabel(r"$P(k) = |\phi_k|^2/L^3$  [$\eta^2/m^3$]")
    style.legend(axes)
    return Plot("field", "Spectrum of the field", figure, "Power of the field, shell means." + said)


def correlator(given):
    lacks = _lacks(given, "etc")
    if lacks:
        return f"Correlator of the stress: {lacks}."
    figure, axes, _, said = _draw(given, "etc", "value")
    axes.set_xlabel(K)
    axes.set_ylabel(r"ETC$(k)$  [$m\,\eta^4$]")
    style.legend(axes)
    return Plot(
        "etc",
        "Anisotropic stress at equal times",
        figure,
        "Equal-time correlator of the transverse traceless stress." + said,
    )


def collapse(given):
    lacks = _lacks(given, "etc")
    if lacks:
        return f"Scaling form of the stress: {lacks}."
    if not any(run.has("spectra.etc") and np.any(np.isfinite(run.spectra["etc"]["scaling"])) for run in given.runs):
        return "Scaling form of the stress: the potential has no walls, so there is no tension to scale with."
    figure, axes, table, said = _draw(given, "etc", "scaling", lambda tau: tau, 6, NETWORK)
    caption = (
        "F(kτ) = ETC/(σ²a²τ): curves of all times fall on one while the network scales, and are constant for kτ → 0 by "
        "causality." + ("" if given.compared else " Times from 0.4 of the last one on.") + said
    )
    run = given.analysed
    fit = run.analysis.get("correlator") if not given.compared and run.has("analysis") else None
    if fit is not None and all(np.isfinite(fit[name][0]) for name in ("F0", "x0", "b", "d")):
        f0, x0, b, d = (fit[name][0] for name in ("F0", "x0", "b", "d"))
        x = np.geomspace(table["k"][0] * table["tau"][-1], min(20.0, table["k"][-1] * table["tau"][-1]), 100)
        axes.plot(
            x,
            f0 * np.exp(-d * np.logaddexp(0, b / d * np.log(x / x0))),
            color=style.INK,
            linewidth=1.3,
            linestyle=(0, (4, 2)),
            label="fit of the analysis",
        )
        found = (
            f" Fit for kτ < 20: F₀ = {f0:.3g} ± {fit['F0'][1]:.1g}, bend {x0:.3g} ± {fit['x0'][1]:.1g}, "
            f"slope {-b:.3g} ± {fit['b'][1]:.1g}."
        )
        caption += found.replace("± nan", "(undetermined)").replace("-", "−") + given.analysis_said
    elif not given.compared:
        caption += (
            " For a fit and a number for the drift run `dwell analyse`."
            if fit is None
            else " The analysis found no fit in its window."
        )
    axes.set_xlabel(r"$k\tau$")
    axes.set_ylabel(r"$F(k\tau)$")
    style.legend(axes)
    return Plot("collapse", "Scaling of the stress", figure, caption)


def _guide(axes, x, y, slope, text):
    """A power law through the first point, from x[0] to x[1]."""
    x = np.asarray(x, float)
    axes.plot(x, y * (x / x[0]) ** slope, color=style.INK, linewidth=1.1, linestyle=(0, (1, 1.5)))
    middle = np.sqrt(x[0] * x[1])
    axes.annotate(
        text,
        (middle, y * (middle / x[0]) ** slope),
        textcoords="offset points",
        fontsize=10,
        xytext=(-3 if slope > 0 else 3, 3),
        ha="right" if slope > 0 else "left",
    )


def _mark_horizon(axes, hubble, tau):
    for at, text in ((hubble, r"$k=\mathcal{H}$"), (2 * np.pi * hubble, r"$2\pi\mathcal{H}$")):
        axes.axvline(at, color=style.INK, linewidth=0.9, linestyle=(0, (6, 3)))
        axes.annotate(
            text, (at, 0.03), xycoords=("data", "axes fraction"), textcoords="offset points", xytext=(3, 0), fontsize=9
        )


def waves(given):
    lacks = _lacks(given, "gw")
    if lacks:
        return f"Gravitational waves: {lacks}; gw.enabled = true evolves them."
    figure, axes, table, said = _draw(given, "gw", "drho_dlnk", decades=6)
    caption = "Energy of gravitational waves, evolved on the lattice." + said
    if not given.compared:
        run, tau, k = given.first, table["tau"][-1], table["k"]
        averaged = positive(k, table["drho_dlnk_averaged"][-1])
        axes.plot(k, averaged, color=style.INK, linewidth=1.2, linestyle=(0, (3, 1.5)), label="last, averaged")
        hubble = _hubble(run, tau)
        if hubble > 0:
            _mark_horizon(axes, hubble, tau)
            above = axes.secondary_xaxis("top", functions=(lambda q: q / hubble, lambda q: q * hubble))
            above.set_xlabel(rf"$k/\mathcal{{H}}$ at $\tau$ = {tau:.3g}")
            caption += " Dashed vertical lines: the horizon at the last time, k = ℋ, and a wave as long as it, 2πℋ."
        if np.any(np.isfinite(averaged)):
            top = int(np.nanargmax(averaged))
            low, high = k[0] * 0.62, k[0]
            axes_top = averaged[0] if np.isfinite(averaged[0]) else averaged[top]
            _guide(axes, (high, low), axes_top * 1.6, 3, r"$k^3$")
            if top < len(k) - 1:
                end = min(3 * k[top], k[-1])
                _guide(axes, (k[top] * 1.15, end), averaged[top] * 2.2, -1, r"$k^{-1}$")
            axes.set_ylim(top=max(axes.get_ylim()[1], 8 * averaged[top]))
            caption += " Dotted: slopes k³ of causality and k⁻¹ as a guide."
        caption += " Dashed curve: the last one averaged over an oscillation." + _route(axes, given.analysed) + _slopes(given.analysed)
        caption += given.analysis_said if given.analysed.has("analysis") else ""
    axes.set_xlabel(K)
    axes.set_ylabel(r"$d\rho/d\ln k$  [$m^2\eta^4/M_P^2$]")
    style.legend(axes)
    return Plot("gw", "Gravitational waves", figure, caption)


def _route(axes, run):
    if not run.has("analysis.route"):
        return " The second route, from the stress at unequal times, needs `analysis.tracks` in the run and `dwell analyse`."
    route = run.analysis["route"]
    x, y = route["k"], positive(route["k"], route["drho_dlnk"])
    good = route["well_sampled"] > 0
    axes.errorbar(
        x[good],
        y[good],
        np.abs(np.nan_to_num(route["drho_dlnk_error"][good])),
        fmt="o",
        markersize=5,
        color=style.INK,
        elinewidth=1,
        label="second route",
    )
    axes.plot(x[~good], y[~good], "o", markersize=5, color=style.INK, fillstyle="none", label="badly sampled")
    return (
        f" Circles: the second route, from the stress at unequal times, at τ = {route['tau']:.4g}; filled where modes "
        "and samples suffice."
    )


def _slopes(run):
    if not run.has("analysis.waves"):
        return " Slopes are measured by `dwell analyse`."
    found = run.analysis["waves"]
    said = ""
    for name, text in (("slope_infrared", "for kτ < 1"), ("slope_ultraviolet", "for kτ of 6 to 20")):
        if name in found and np.isfinite(found[name][0]):
            said += f" Measured slope {text}: {found[name][0]:.2f} ± {found[name][1]:.2g}.".replace("-", "−")
    return said


def density(given):
    lacks = _lacks(given, "gw")
    if lacks:
        return None
    if not any(run.has("spectra.gw") and np.any(np.isfinite(run.spectra["gw"]["omega"])) for run in given.runs):
        return "Gravitational waves in units of the critical density: space is flat, there is none."
    figure, axes, _, said = _draw(given, "gw", "omega_averaged", decades=6)
    axes.set_xlabel(K)
    axes.set_ylabel(r"$\Omega_{GW}\,(M_P/\eta)^4$")
    style.legend(axes)
    return Plot(
        "omega",
        "Gravitational waves over the critical density",
        figure,
        "Share of the background's critical density, averaged over an oscillation." + said,
    )


def today(given):
    figure, (axes,) = style.figure()
    any_run, sources = False, [given.joint] if given.joint else list(given.runs)
    for i, run in enumerate(sources):
        if not run.has("analysis.today"):
            continue
        any_run, found = True, run.analysis["today"]
        colour, f = style.COLOURS[i % 6], found["f"]
        what = "these runs" if given.joint else "this run"
        label = f"{what}, T = {found['temperature']:.3g} GeV, σ = {found['sigma']:.3g} GeV³"
        axes.plot(
            f,
            positive(f, found["omega"]),
            color=colour,
            linestyle=style.DASHES[i % 6],
            label=label if len(sources) == 1 else f"{given.label(i)}, T = {found['temperature']:.3g} GeV",
        )
        error = np.nan_to_num(found["omega_error"])
        axes.fill_between(
            f,
            positive(f, np.maximum(found["omega"] - error, 0.02 * found["omega"])),
            found["omega"] + error,
            color=colour,
            alpha=0.22,
            linewidth=0,
        )
    for i, curve in enumerate(given.curves):
        order = np.argsort(curve.frequency)
        y = positive(curve.frequency, curve.omega)[order]
        axes.errorbar(
            curve.frequency[order],
            y,
            None if curve.error is None else np.abs(curve.error[order]),
            color=style.INK,
            marker=style.MARKERS[i % 6],
            markersize=4,
            linewidth=0.9,
            elinewidth=0.9,
            linestyle=style.DASHES[(i + 1) % 6],
            label=curve.label,
        )
    how = "`dwell analyse RUN --temperature GEV --sigma GEV3` (or --eta and --lambda) works it out"
    if not any_run and not given.curves:
        return f"Spectrum today: not there; {how}."
    _logarithmic(axes, 12)
    axes.set_xlabel(r"frequency today $f$  [Hz]")
    axes.set_ylabel(r"$h^2\Omega_{GW}$ today")
    style.legend(axes)
    caption = "Energy of gravitational waves today over the critical density."
    if any_run:
        caption += (
            f" Band: standard error, from the scatter of {len(given.runs)} runs."
            if given.joint
            else " Band: standard error, of one run a lower bound."
        )
    else:
        caption += f" The run's own spectrum isn't there: {how}."
    if given.curves:
        caption += " Other curves are the files given: " + ", ".join(curve.label for curve in given.curves) + "."
    return Plot("today", "Spectrum today", figure, caption)
