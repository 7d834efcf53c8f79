"""Plots against conformal time: walls, energies, vacua, waves."""
import numpy as np

from . import material, style
from .material import BAND, INVALID, Plot

TAU = r"conformal time $\tau$  [$1/m$]"


def _curve(axes, tau, value, logarithmic, **look):
    keep = np.isfinite(value) & ((value > 0) if logarithmic else True)
    axes.plot(tau[keep], value[keep], **look)


def _draw_one(axes, given, column, look, label, logarithmic):
    """A quantity of one run, or of runs of one set-up with mean and band."""
    for run in given.runs:
        table = run.timeseries
        if column in table:
            thin = dict(look, linewidth=0.8, alpha=0.5) if given.averaged else dict(look, label=label)
            _curve(axes, table["tau"], table[column], logarithmic, **thin)
    if given.averaged:
        mean = given.runs.timeseries
        _curve(axes, mean["tau"], mean[column], logarithmic, **dict(look, linewidth=2.4, label=label))
        keep = np.isfinite(mean[f"{column}_std"]) & ((mean[column] > 0) if logarithmic else True)
        value, spread = mean[column][keep], mean[f"{column}_std"][keep]
        low = np.maximum(value - spread, 0.02 * value) if logarithmic else value - spread
        axes.fill_between(mean["tau"][keep], low, value + spread, color=look["color"], alpha=0.2, linewidth=0)


def draw(given, columns, logarithmic=False, label=""):
    """`columns` is a list of (column, label). Runs of one set-up share a panel, in which colour and dashes tell
    quantities apart; for runs that differ each quantity has a panel, in which they tell runs apart.

    Returns figure, axes and the end of the caption; None where no run has a number to show.
    """

    def shown(values):
        return np.any(values > 0) if logarithmic else np.any(np.isfinite(values))

    there = [
        (column, text)
        for column, text in columns
        if any(column in run.timeseries and shown(run.timeseries[column]) for run in given.runs)
    ]
    if not there:
        return None
    panels = len(there) if given.compared else 1
    figure, axes = style.figure(panels)
    for q, (column, text) in enumerate(there):
        if given.compared:
            for i, run in enumerate(given.runs):
                if column in run.timeseries:
                    look = {"color": style.COLOURS[i % 6], "linestyle": style.DASHES[(i + i // 6) % 6]}
                    _curve(
                        axes[q],
                        run.timeseries["tau"],
                        run.timeseries[column],
                        logarithmic,
                        **look,
                        label=given.label(i),
                    )
            axes[q].set_ylabel(text + (f"  {label[label.index('['):]}" if "[" in label else ""))
        else:
            look = {"color": style.COLOURS[q % 6], "linestyle": style.DASHES[q % 6]}
            _draw_one(axes[0], given, column, look, text, logarithmic)
    for one in axes:
        if logarithmic:
            one.set_yscale("log")
    axes[-1].set_xlabel(TAU)
    if not given.compared:
        axes[0].set_ylabel(label)
    shaded = material.shade_invalid(axes, given.first)
    return (
        figure,
        axes,
        (INVALID if shaded else "")
        + (" Of the first run." if shaded and given.compared else "")
        + (BAND if given.averaged else ""),
    )


def _vos_lines(axes, given, column):
    """The one-scale model from analysis.h5; returns what the caption says about it."""
    if given.compared:
        return " The one-scale model is shown in the reports of single runs."
    run = given.analysed
    if not run.has("analysis") or "walls" not in run.analysis:
        return " The one-scale model is missing: run `dwell analyse` on the run, then make this report again."
    walls, said = run.analysis["walls"], ""
    if "vos_fixed_point" in walls:
        axes.axhline(
            walls["vos_fixed_point"][column - 1],
            color=style.INK,
            linewidth=1,
            linestyle=(0, (1, 2)),
            label="one-scale model: fixed point",
        )
        said = " Dotted: fixed point of the one-scale model with published parameters (arXiv:1602.01322)."
    for name, look, text in (
        ("vos_solution", (0, (4, 2)), "one-scale model, published"),
        ("vos_fit_solution", (0, (8, 2, 1, 2)), "one-scale model, fitted"),
    ):
        if name in walls:
            axes.plot(
                walls[name][:, 0], walls[name][:, column], color=style.INK, linewidth=1.3, linestyle=look, label=text
            )
    if "vos_solution" not in walls:
        said += (
            " The model's solution isn't there: the window has too few valid rows with walls, or the analysis is old."
        )
    else:
        said += " Dashed: its solution from the first row of the analysis' window on."
    if "vos_fit_solution" in walls:
        said += " Dash-dotted: the solution with d and k₀ fitted."
    return said + given.analysis_said


def _joint_mean(axes, given, column):
    """The mean over the window of the analysis of several runs, with its error; what the caption says about it."""
    if not given.joint or column not in given.joint.analysis.get("walls", {}):
        return ""
    mean, error = given.joint.analysis["walls"][column][:2]
    window = given.joint.analysis["window"]["tau"]
    if not np.isfinite(mean):
        return ""
    error = error if np.isfinite(error) else 0.0
    axes.fill_between(
        window,
        mean - error,
        mean + error,
        facecolor=style.COLOURS[2],
        edgecolor=style.COLOURS[2],
        alpha=0.35,
        label="mean of the window",
    )
    return f" Green: mean of all runs over the analysis' window, {mean:.3f} ± {error:.2g}."


def area(given):
    drawn = draw(
        given,
        [("area_parameter_t", r"$A_t = S\,t/a$"), ("area_parameter_h", r"$A_H = S/2\mathcal{H}$")],
        label="area parameter",
    )
    if drawn is None:
        return "Area of walls: this run's potential has no walls to measure, or space is flat and no row has an area."
    figure, axes, ending = drawn
    caption = "Area parameters: walls in a Hubble volume (A_H) and wall energy over tension per time (A_t)."
    if material.has_published_area(given):
        axes[0].axhspan(0.7, 0.9, color=style.COLOURS[4], alpha=0.18, linewidth=0)
        axes[0].text(0.01, 0.8, "0.8 ± 0.1", transform=axes[0].get_yaxis_transform(), va="center", fontsize=8)
        caption += " Band: 0.8 ± 0.1 of networks in radiation domination (arXiv:1309.5001)."
    caption += _joint_mean(axes[0], given, "area_parameter_t") + _vos_lines(axes[0], given, 1)
    for one in axes:
        one.set_ylim(bottom=0)
        style.legend(one)
    return Plot("area", "Area of the walls", figure, caption + ending)


def velocity(given):
    drawn = draw(given, [("velocity", r"$v$"), ("gamma_velocity", r"$\gamma v$")], label="rms velocity of the walls")
    if drawn is None:
        return "Velocity of walls: this run's potential has none whose velocity is measured."
    figure, axes, ending = drawn
    caption = "They contain the scalar radiation inside the mask of walls; above 1.2, before there are walls, they are cut off."
    if material.has_published_area(given):
        axes[0].axhline(0.4, color=style.COLOURS[4], linewidth=4, alpha=0.35)
        caption += " Broad line: 0.4 of Press, Ryden & Spergel (1989)."
    caption += _joint_mean(axes[0], given, "velocity") + _vos_lines(axes[0], given, 2)
    for one in axes:
        top = max(np.max(line.get_ydata()) for line in one.get_lines() if len(line.get_ydata()))
        one.set_ylim(0, min(1.2, 1.05 * top))
        style.legend(one)
    return Plot("velocity", "Velocity of the walls", figure, caption + ending)


def energies(given):
    columns = [
        ("energy_kinetic", "kinetic"),
        ("energy_gradient", "gradient"),
        ("energy_potential", "potential"),
        ("energy_radiation", "radiation"),
    ]
    drawn = draw(given, columns, logarithmic=True, label=r"energy density  [$m^2\eta^2$]")
    if drawn is None:
        return "Energies: no row has them yet."
    figure, axes, ending = drawn
    for one in axes:
        style.legend(one)
    return Plot(
        "energies",
        "Energies of the field",
        figure,
        "Mean energy densities, physical. Radiation is of the scalar field "
        "outside the walls; negative values, before walls have formed, are left out." + ending,
    )


def vacua(given):
    columns = [
        ("fraction_positive", r"share with $\phi > 0$"),
        ("domain_largest", "largest domain"),
        ("volume_walls", "inside walls"),
    ]
    drawn = draw(given, columns, label="share of the volume")
    if drawn is None:
        return "Vacua: no row has the shares of the vacua."
    figure, axes, ending = drawn
    for one in axes:
        one.set_ylim(0, 1)
        style.legend(one)
    return Plot(
        "vacua",
        "Vacua and domains",
        figure,
        "Shares of the volume: of the upper vacuum, of the largest connected "
        "domain of either sign, and inside the mask of walls." + ending,
    )


def defects(given):
    drawn = draw(
        given,
        [("area", "walls"), ("string_length", "strings"), ("junction_length", "junctions")],
        logarithmic=True,
        label=r"comoving density  [$m$, strings and junctions $m^2$]",
    )
    if drawn is None:
        return None
    figure, axes, ending = drawn
    for one in axes:
        style.legend(one)
    return Plot(
        "defects",
        "Strings and junctions",
        figure,
        "Comoving area of walls and length of strings and of lines where "
        "three sectors or more meet, per comoving volume." + ending,
    )


def efficiency(given):
    drawn = draw(
        given, [("efficiency_peak", "of the peak"), ("efficiency_total", "total")], label=r"efficiency $\epsilon$"
    )
    if drawn is None:
        return "Efficiency of gravitational waves: this run evolves none (gw.enabled), or has no walls."
    figure, axes, ending = drawn
    caption = "ε of arXiv:1309.5001: 8π/(A_t σ)² times dρ/dln k at its peak, or times the whole energy."
    if material.has_published_area(given):
        axes[0].axhspan(0.3, 1.1, color=style.COLOURS[4], alpha=0.15, linewidth=0)
        caption += " Band: 0.7 ± 0.4 of the peak, as published there."
    for one in axes:
        tops = [line.get_ydata() for line in one.get_lines()]
        late = [np.max(y[len(y) // 2 :]) for y in tops if len(y)]
        one.set_ylim(0, max(1.2, 1.3 * max(late)))
        style.legend(one)
    return Plot("efficiency", "Efficiency of gravitational waves", figure, caption + ending)
