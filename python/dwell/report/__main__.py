"""The command line of `dwell report`. Exit codes are those of the program: 0, 2 command line, 3 files, 5 internal."""
import argparse
import pathlib
import shutil
import subprocess
import sys
import traceback

try:
    import h5py  # noqa: F401
    import matplotlib  # noqa: F401
    import numpy  # noqa: F401
except ImportError as reason:
    print(
        f"dwell: report: {reason}; on Debian and Ubuntu: apt-get install python3-numpy python3-h5py python3-matplotlib",
        file=sys.stderr,
    )
    sys.exit(3)

from .. import pictures
from ..dataset import Dataset
from ..ensemble import Ensemble
from ..errors import DwellFileError, DwellMissing
from ..run import Run


class UsageError(Exception):
    """A command line that is wrong."""


class Parser(argparse.ArgumentParser):
    """One line for an error, as the program has it."""

    def error(self, message):
        raise UsageError(f"{message}; see dwell report --help")


class AddData(argparse.Action):
    """--data FILE begins a curve, --label TEXT names the last one."""

    def __call__(self, parser, namespace, value, option=None):
        curves = list(namespace.curves or [])
        if self.dest == "data":
            curves.append([value, None])
        elif not curves or curves[-1][1] is not None:
            parser.error("--label names the file of the --data before it")
        else:
            curves[-1][1] = value
        namespace.curves = curves


def parse(arguments):
    parser = Parser(
        prog="dwell report",
        description="Plots and one self-contained HTML page of a run, of several runs " "together, or of a scan.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("runs", nargs="*", metavar="RUN_DIR", help="directory of a run, or of a scan (dataset.h5)")
    parser.add_argument(
        "--output",
        metavar="DIR",
        type=pathlib.Path,
        help="where report.html and plots/ go (default: the " "first RUN_DIR)",
    )
    parser.add_argument(
        "--data",
        metavar="FILE",
        action=AddData,
        help="curve beside the spectrum today: frequency in Hz, "
        "and h2Omega or hc, which a line '# quantity: h2Omega' or '# quantity: hc' states; repeatable",
    )
    parser.add_argument("--label", metavar="TEXT", action=AddData, help="name of the curve before it")
    parser.add_argument(
        "--movie",
        metavar="FILE",
        type=pathlib.Path,
        help="only make a movie of the slices: FILE.png " "(animated PNG) or FILE.webm (needs ffmpeg)",
    )
    parser.add_argument(
        "--analysis",
        metavar="DIR",
        type=pathlib.Path,
        help="what dwell analyse wrote of these runs together (default: analysis/ of --output, if it is theirs)",
    )
    parser.add_argument(
        "--model",
        metavar="FILE",
        type=pathlib.Path,
        help="emulator of the scan, from dwell surrogate train (default: model.h5 beside the data set, if it is there)",
    )
    parser.add_argument("--train", action="store_true", help="train it first")
    parser.add_argument(
        "--fps", metavar="N", type=float, default=4.0, help="pictures a second of the movie (default: 4)"
    )
    parser.set_defaults(curves=None)
    found = parser.parse_args(arguments)
    if not found.runs:
        parser.error("no run directory given")
    if not 0.1 <= found.fps <= 60:
        parser.error(f"--fps {found.fps:g} isn't between 0.1 and 60")
    if found.movie is not None and (len(found.runs) > 1 or found.curves):
        parser.error("--movie takes one run directory and no --data")
    if found.movie is not None and found.movie.suffix not in (".png", ".webm"):
        parser.error(f"--movie {found.movie}: the name ends in .png or .webm")
    return found


def make_folder(path, option):
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise DwellFileError(
            f"the directory {path} can't be made: {reason.strerror}; choose another with {option}"
        ) from None
    return path


# --- movies ---


def webm(paths, target, fps):
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise DwellFileError(
            "a .webm needs ffmpeg; on Debian and Ubuntu: apt-get install ffmpeg; or name the movie .png"
        )
    beside = target.with_name(target.name + ".tmp.webm")
    command = [
        ffmpeg,
        "-y",
        "-loglevel",
        "error",
        "-f",
        "image2pipe",
        "-framerate",
        str(fps),
        "-c:v",
        "png",
        "-i",
        "-",
        "-c:v",
        "libvpx-vp9",
        "-pix_fmt",
        "yuv420p",
        str(beside),
    ]
    done = subprocess.run(
        command, input=b"".join(path.read_bytes() for path in paths), stderr=subprocess.PIPE, check=False
    )
    if done.returncode != 0:
        beside.unlink(missing_ok=True)
        raise DwellFileError(f"ffmpeg couldn't make {target}: {done.stderr.decode(errors='replace').strip()[:300]}")
    beside.replace(target)


def movie(run, target, fps):
    from .style import replace

    slices = [one.path for one in run.slices]
    if not slices:
        raise DwellMissing(f"{run.path} has no slices for a movie; store.slices is the interval between pictures")
    make_folder(target.parent, "--movie")
    if target.suffix == ".webm":
        webm(slices, target, fps)
    else:
        replace(target, pictures.animate(slices, fps))
    print(f"written      {target}, {len(slices)} pictures, {fps:g} a second")


# --- pages ---


def sections(given):
    """All of the page: (name, heading, list of plots or of what is missing); None is left out."""
    from . import coherence_plots as c, spectrum_plots as s, time_plots as t

    defects = [t.defects] if given.first.params.get("fields.potential") == "z-n" else []
    listed = [
        ("network", "Walls", [t.area, t.velocity, t.energies, t.vacua, *defects]),
        ("stress", "Field and stress", [s.field, s.correlator, s.collapse, c.coherence]),
        ("waves", "Gravitational waves", [s.waves, s.density, t.efficiency, s.today]),
    ]
    for name, heading, makers in listed:
        yield name, heading, [item for item in (attempt(maker, given) for maker in makers) if item is not None]


def attempt(maker, given):
    try:
        return maker(given)
    except DwellMissing as reason:
        return f"{maker.__name__.capitalize()}: {reason}"


def save_all(listed, folder):
    """Files of all plots; the same list with each Plot as (Plot, inline SVG)."""
    from html import escape

    from .style import save

    saved = []
    for name, heading, items in listed:
        saved.append(
            (
                name,
                heading,
                [
                    item if isinstance(item, str) else (item, save(item.figure, folder, item.name, escape(item.title)))
                    for item in items
                ],
            )
        )
    return saved


def remove_old(folder, saved):
    """Plots of an earlier report that this one hasn't."""
    names = {item[0].name for _, _, items in saved for item in items if not isinstance(item, str)}
    known = {
        "area",
        "velocity",
        "energies",
        "vacua",
        "defects",
        "field",
        "etc",
        "collapse",
        "coherence",
        "gw",
        "omega",
        "efficiency",
        "today",
    }
    for name in known - names:
        for ending in (".svg", ".png"):
            (folder / (name + ending)).unlink(missing_ok=True)
    return len(names)


def report(runs, curves, output, analysis):
    from . import joint, page
    from .material import Material
    from .style import replace

    given = Material(Ensemble(runs), curves)
    for run in given.runs:  # a damaged file ends this before anything is written
        run.has("timeseries"), run.has("spectra"), run.has("analysis"), run.has("slices")
    output = output or given.first.path
    given.joint = joint.find(given.runs, analysis, output) if len(given.runs) > 1 else None
    listed = list(sections(given))
    folder = make_folder(output / "plots", "--output DIR")
    saved = save_all(listed, folder)
    count = remove_old(folder, saved)
    replace(output / "report.html", page.run_page(given, saved).encode())
    gaps = sum(isinstance(item, str) for _, _, items in saved for item in items)
    print(f"written      {output}/report.html, {count} plots (.svg, .png) in {output}/plots")
    if gaps:
        print(f"             {gaps} of its plots are missing; the page says why")


def is_scan(path):
    path = pathlib.Path(path)
    return path.name.endswith(".h5") or (path / "dataset.h5").is_file() and not (path / "config.cfg").exists()


def main(arguments):
    asked = parse(arguments)
    from .overlay import read_curve

    curves = [read_curve(path, label) for path, label in asked.curves or []]
    if is_scan(asked.runs[0]):
        from .scan import scan_report

        if len(asked.runs) > 1 or curves or asked.movie or asked.analysis:
            raise UsageError("a scan is reported alone, without --data, --analysis and --movie")
        dataset = Dataset(asked.runs[0])
        output = asked.output or dataset.path.parent
        make_folder(output, "--output DIR")
        scan_report(dataset, output, asked.model, asked.train)
        return 0
    if asked.model is not None or asked.train:
        raise UsageError("--model and --train belong to the page of a scan")
    if asked.movie is not None:
        movie(Run(asked.runs[0]), asked.movie, asked.fps)
        return 0
    if asked.analysis is not None and len(asked.runs) == 1:
        raise UsageError("--analysis is of several runs together; a run's own is found in its directory")
    report(asked.runs, curves, asked.output, asked.analysis)
    return 0


def run_main(arguments):
    try:
        return main(arguments)
    except UsageError as reason:
        print(f"dwell: report: {reason}", file=sys.stderr)
        return 2
    except DwellFileError as reason:
        print(f"dwell: report: {reason}", file=sys.stderr)
        return getattr(reason, "code", 3)
    except OSError as reason:
        print(
            f"dwell: report: {reason.filename or ''}: {reason.strerror or reason}; choose another place with --output DIR",
            file=sys.stderr,
        )
        return 3
    except MemoryError:
        print("dwell: report: not enough memory", file=sys.stderr)
        return 5
    except Exception:  # a mistake of this package: everything that helps to find it
        traceback.print_exc()
        print("dwell: report: this is a mistake in the program", file=sys.stderr)
        return 5


if __name__ == "__main__":
    sys.exit(run_main(sys.argv[1:]))
