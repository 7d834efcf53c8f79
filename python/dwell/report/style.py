"""How plots look: colours that the colour-blind can tell apart, dashes for print, one ink for light and dark pages."""
import io
import logging
import os
import pathlib
import re
import tempfile

if not os.access(os.path.expanduser("~"), os.W_OK):
    os.environ.setdefault("MPLCONFIGDIR", os.path.join(tempfile.gettempdir(), "dwell-matplotlib"))
logging.getLogger("matplotlib").setLevel(logging.ERROR)

import matplotlib  # noqa: E402

matplotlib.use("Agg")
from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: E402
from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.ticker import LogFormatter, LogFormatterSciNotation  # noqa: E402
from matplotlib.transforms import ScaledTranslation  # noqa: E402

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito (2008), without black, which is the ink, and yellow, which white paper swallows."""
TIMES = ("#CC79A7", "#56B4E9", "#0072B2", "#009E73", "#E69F00", "#D55E00")
"""The same, from cold to warm: early to late."""
DASHES = ("solid", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P")
INK, GRID, SHADE = "#1a1a1b", "#c8c8c9", "#808081"

matplotlib.rcParams.update(
    {
        "font.family": "DejaVu Sans",
        "font.size": 11.5,
        "mathtext.fontset": "dejavusans",
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.facecolor": "none",
        "figure.facecolor": "none",
        "savefig.facecolor": "none",
        "axes.grid": True,
        "grid.color": GRID,
        "grid.linewidth": 0.6,
        "axes.axisbelow": True,
        "lines.linewidth": 1.8,
        "legend.frameon": False,
        "legend.fontsize": 10,
        "legend.handlelength": 3.2,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "dwell",
        "figure.constrained_layout.use": True,
        "axes.formatter.useoffset": False,
    }
)


def figure(panels=1, height=None):
    """A figure with panels one below the other, sharing their x axis; returns it and the list of axes."""
    made = Figure(dpi=72, figsize=(6.6, height or (4.2 if panels == 1 else 1.2 + 2.1 * panels)))
    axes = made.subplots(panels, 1, sharex=True, squeeze=False)[:, 0]
    return made, list(axes)


def legend(axes, columns=3, more=(), title=None, handles_of=None):
    """Below the panel, where it hides nothing; the figure grows by its lines. `more` (handle, label) come last; curves
    are those of the panel, or of `handles_of`."""
    handles, labels = (handles_of or axes).get_legend_handles_labels()
    handles, labels = handles + [handle for handle, _ in more], labels + [label for _, label in more]
    if not handles:
        return
    columns = min(columns, len(handles), max(1, int(80 / (10 + max(len(label) for label in labels)))))
    figure, lines = axes.get_figure(), -(-len(handles) // columns)
    below = figure.axes[len(figure.axes) - 1] if axes.get_xlabel() == "" else axes
    place = below.transAxes + ScaledTranslation(0, -44 / 72, figure.dpi_scale_trans)  # under the axis' label
    below.legend(
        handles,
        labels,
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=place,
        ncol=columns,
        borderaxespad=0,
        columnspacing=1.6,
        title=title,
        title_fontsize=10,
    )
    figure.set_figheight(figure.get_figheight() + 0.24 * (lines + (title is not None)))


class _Plain(LogFormatter):
    """0.4 in place of 4e-01; where there is a label is left to the class."""

    def __call__(self, x, pos=None):
        return f"{x:.3g}" if super().__call__(x, pos) else ""


class _Powers(LogFormatterSciNotation):
    """10⁻³ as text: a page has hundreds of such labels, and formulas take a quarter of its time."""

    def __call__(self, x, pos=None):
        text = super().__call__(x, pos).replace("\\times", "×")
        text = re.sub(r"\^\{(.*?)\}", lambda found: found[1].translate(_RAISED), text)
        return re.sub(r"\$\\mathdefault\{(.*)\}\$", r"\1", text)


_RAISED = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")


def _powers_as_text(drawn):
    for axes in drawn.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if axis.get_scale() == "log" and type(axis.get_major_formatter()) is LogFormatterSciNotation:
                axis.set_major_formatter(_Powers())
                axis.set_minor_formatter(_Powers())


def plain_logarithm(axis):
    """Ticks of a logarithmic axis as 0.4 and 20 in place of powers of ten, also between them where there is room."""
    if axis.get_scale() == "log":
        axis.set_major_formatter(_Plain())
        axis.set_minor_formatter(_Plain())


def replace(path, data):
    """Writes a file beside its name and renames it."""
    path = pathlib.Path(path)
    beside = path.with_name(path.name + ".tmp")
    beside.write_bytes(data)
    os.replace(beside, path)


def _svg(drawn):
    out = io.StringIO()
    # Not by savefig, which draws everything once more to find its size.
    FigureCanvasSVG(drawn).print_svg(out, metadata={"Date": None})
    text = out.getvalue()
    return re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)


def _inline(svg, name, alternative):
    """For a page: no prolog, width of its place, names that no other picture has, ink and grid from the page."""
    svg = svg[svg.index("<svg") :]
    head, body = svg.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head).group()
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r"url\(#", f"url(#{name}-", body)
    body = re.sub(r'xlink:href="#', f'href="#{name}-', body)
    body = body.replace(INK, "currentColor").replace(GRID, "var(--grid)")
    return f'<svg {box} role="img" aria-label="{alternative}">{body}'


def save(drawn, folder, name, alternative):
    """FOLDER/NAME.svg and .png, on white; returns the SVG for the page."""
    _powers_as_text(drawn)
    drawn.draw_without_rendering()  # places everything, which then needn't be done for each format
    drawn.set_layout_engine("none")
    svg = _svg(drawn)
    head, body = svg.split("<svg", 1)
    tag, rest = body.split(">", 1)
    replace(
        folder / f"{name}.svg", f'{head}<svg{tag}>\n <rect width="100%" height="100%" fill="#ffffff"/>{rest}'.encode()
    )
    out = io.BytesIO()
    drawn.set_facecolor("#ffffff")
    drawn.set_dpi(144)
    FigureCanvasAgg(drawn).print_png(out, metadata={"Software": None})
    replace(folder / f"{name}.png", out.getvalue())
    return _inline(svg, name, alternative)
