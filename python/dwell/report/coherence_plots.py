"""The coherence of the stress at unequal times."""
import numpy as np

from . import style
from .material import Plot

LAG = r"lag $|k\tau_1 - k\tau_2|$"


def from_references(run):
    """Coherence of each reference with other times from spectra.h5: a list of (reference τ, lag, C, k), lag and C (T,K).

    C = UTC/√(ETC₁ ETC₂); NaN where a pair wasn't measured.
    """
    utc, etc = run.spectra["utc"], run.spectra["etc"]
    shells = len(utc["k"])
    found = []
    for r, reference in enumerate(np.atleast_1d(utc["reference_tau"])):
        at = int(np.argmin(np.abs(etc["tau"] - reference)))
        if abs(etc["tau"][at] - reference) > 1e-6 * reference:
            continue  # after the end of what there is so far
        own = etc["value"][at, :shells]
        with np.errstate(invalid="ignore", divide="ignore"):
            c = utc["value"][r] / np.sqrt(own * etc["value"][:, :shells])
        lag = np.abs(utc["tau"][:, None] - reference) * utc["k"]
        if np.any(np.isfinite(c)):
            found.append((float(reference), lag, c, utc["k"]))
    return found


def _models(axes, coherence):
    """The models that were fitted, where the fit gave a number."""
    x = np.linspace(0, 12, 400)
    if np.isfinite(coherence["gaussian"][0]) and coherence["gaussian"][0] > 0:
        axes.plot(
            x,
            np.exp(-(x**2) / (2 * coherence["gaussian"][0] ** 2)),
            color=style.COLOURS[1],
            linestyle=style.DASHES[1],
            label=rf"Gaussian, $x_c$ = {coherence['gaussian'][0]:.3g}",
        )
    if np.isfinite(coherence["top-hat"][0]):
        axes.plot(
            x,
            (x < coherence["top-hat"][0]).astype(float),
            color=style.COLOURS[2],
            linestyle=style.DASHES[2],
            label=rf"top hat, $x_c$ = {coherence['top-hat'][0]:.3g}",
        )
    axes.axhline(1, color=style.COLOURS[3], linestyle=style.DASHES[3], linewidth=1.3, label="coherent")


def _from_analysis(run):
    coherence = run.analysis["coherence"]
    figure, (axes,) = style.figure()
    lag, value, error, _ = coherence["table"].T
    keep = np.isfinite(value) & (lag < 12)
    axes.errorbar(
        lag[keep],
        value[keep],
        np.nan_to_num(error[keep]),
        fmt="o",
        markersize=4,
        color=style.COLOURS[0],
        elinewidth=1,
        label="all shells",
    )
    _models(axes, coherence)
    verdict = {"none fits": "none of the models fits"}.get(
        coherence.attributes.get("verdict"), coherence.attributes.get("verdict", "")
    )
    caption = (
        f"Mean coherence of all shells, from the analysis; its integral over the lag is {coherence['weight']:.3g}. "
        f"Nearest model: {coherence.attributes.get('best', 'unknown')}; {verdict}."
    )
    return figure, axes, caption


def _from_spectra(run):
    found = from_references(run)
    if not found:
        return None
    figure, (axes,) = style.figure()
    reference, lag, c, k = found[-1]
    shells = np.unique(np.geomspace(1, len(k), 6).astype(int)) - 1
    for place, shell in enumerate(shells):
        keep = np.isfinite(c[:, shell]) & (lag[:, shell] < 12)
        if keep.any():
            order = np.argsort(lag[keep, shell])
            axes.plot(
                lag[keep, shell][order],
                c[keep, shell][order],
                marker=style.MARKERS[place],
                markersize=4,
                linewidth=1.2,
                color=style.COLOURS[place],
                linestyle=style.DASHES[place],
                label=f"$k$ = {k[shell]:.3g}",
            )
    axes.axhline(1, color=style.INK, linewidth=0.8)
    return (
        figure,
        axes,
        (
            f"Coherence with the state at τ = {reference:.4g}, from the reference times of the run. For a mean "
            "over shells and models of it run `dwell analyse`."
        ),
    )


def coherence(given):
    of = given.first
    joined = given.joint is not None and given.joint.has("analysis.coherence")
    if joined or of.has("analysis.coherence"):
        of = given.joint if joined else of
        figure, axes, caption = _from_analysis(of)
    else:
        drawn = _from_spectra(of) if of.has("spectra.utc") else None
        if drawn is None:
            return (
                "Coherence of the stress: no unequal times yet; set analysis.utc_reference or analysis.tracks in the run's "
                "parameters."
            )
        figure, axes, caption = drawn
    axes.axhline(0, color=style.INK, linewidth=0.6)
    lags = [
        np.max(line.get_xdata()) for line in axes.get_lines() if len(line.get_xdata()) and line.get_marker() != "None"
    ]
    axes.set_xlim(0, min(12, 1.3 * max(lags, default=12)))
    axes.set_xlabel(LAG)
    axes.set_ylabel("coherence $C$")
    style.legend(axes)
    if joined:
        caption += given.analysis_said
    elif len(given.runs) > 1:
        caption += f" Of the first run, {given.first.path.name}."
    return Plot("coherence", "Coherence of the stress", figure, caption)
