"""files.py: what the program writes is what the pages say.

Makes small runs with everything on, analyses one, makes a scan, an emulator, answers of it and a field operator. Each group, dataset
and attribute in their HDF5 files must stand as `code` on the page that describes the file, and each name in a page's table of groups
must be in the file. The columns of timeseries.csv are those of docs/files.md, in their order. On pages capitals, Q, L, R and … stand for
anything. Environment as for every script of ctest (tests/CMakeLists.txt).
"""
import fnmatch
import os
import pathlib
import re
import subprocess
import sys

import h5py

SOURCE = pathlib.Path(os.environ["DWELL_SOURCE_DIR"])
FIRST = SOURCE / "examples" / "first.cfg"
SMALL = ["lattice.points=32", "lattice.length=6.0", "time.end=4.0", "store.slices=0", "store.snapshots=[4.0]", "analysis.tracks=8"]
RUNS = {
    "main": ["analysis.stress_parts=true", "analysis.utc_reference=[2.5, 3.5]", "analysis.interval=0.05"],
    "modes": ["gw.method=modes"],
    "vacua": ["fields.potential=z-n"],
    "driven": ["cosmology.background=self-consistent", "cosmology.eta=0.01"],
    "biased": ["fields.s=0", "fields.bias=0.05"],
}
SCAN = """base = "BASE"; output = "scan"; design = "sobol"; points = 5; seeds = 3;
set = ( "fields.s=0", "lattice.points=24", "lattice.length=8.0", "time.end=4.0", "analysis.tracks=0", "store.snapshots=[]" );
cheap = { points = 16; seeds = 4; set = ( "gw.coarsening=1" ); };
parameters = ( { key = "cosmology.w"; min = 0.2; max = 0.6; } );
"""
NET = """kind = "jump"; base = "BASE"; shells = 3;
set = ( "lattice.points=32", "lattice.length=8", "time.end=2.8", "gw.coarsening=1" );
cheap = { points = 16; s = 1.0; };
net = { channels = 4; layers = 3; }; train = { runs = 2; steps = 5; }; test = { runs = 2; }; jump = { steps = 12; jumps = 2; };
"""
RARE = {"vos_fit", "vos_fit_solution"}  # a fit that succeeds takes a larger box
failures = []


def fail(what):
    print(f"FAILED: {what}", flush=True)
    failures.append(what)


def dwell(*words, codes=(0,)):
    done = subprocess.run([os.environ["DWELL"], *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        sys.exit(f"FAILED: dwell {' '.join(map(str, words))}: exit code {done.returncode}\n{done.stdout[-1000:]}{done.stderr}")


def make_runs():
    for name, keys in RUNS.items():
        sets = [word for key in [*SMALL, *keys, f"output={name}"] for word in ("--set", key)]
        dwell("run", FIRST, "--quiet", *sets)
    dwell("analyse", "main", "--temperature", 0.1, "--sigma", 1e15)
    dwell("analyse", "main", "--only", "walls", "--from", 2.1, "--to", 2.8, "--output", "slow")  # v < 1: the one-scale model is solved
    dwell("analyse", "biased", "--only", "walls")


def make_scan():
    pathlib.Path("scan.cfg").write_text(SCAN.replace("BASE", str(FIRST)))
    dwell("scan", "scan.cfg", "--quiet")
    dwell("surrogate", "train", "scan/dataset.h5", "--output", "model.h5", "--levels", "both")
    dwell("surrogate", "predict", "model.h5", "--hdf5", "answer.h5", "--gradients", codes=(0, 10))
    pathlib.Path("places").write_text("cosmology.w\n0.3\n0.5\n")
    dwell("surrogate", "predict", "model.h5", "--places", "places", "--hdf5", "answers.h5", codes=(0, 10))
    dwell("surrogate", "evaluate", "model.h5", "scan/dataset.h5", "--hdf5", "errors.h5")
    dwell("surrogate", "query", "model.h5", "--dataset", "scan", "--set", "cosmology.w=0.33", "--hdf5", "query.h5", "--quiet")
    pathlib.Path("jump.cfg").write_text(NET.replace("BASE", str(FIRST)))
    dwell("surrogate", "train", "jump.cfg", "--output", "net.h5")


def section_of(page, title):
    """The text of a section, or of the whole page."""
    text = (SOURCE / page).read_text()
    if title is None:
        return text
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    if not found:
        sys.exit(f"FAILED: {page} has no section {title}")
    return found[1]


def patterns_of(text):
    """Parts of the paths in code spans, for fnmatch."""
    spans = {part for span in re.findall(r"`([^`\n]+)`", text) for part in span.split("/")}
    spans |= {name for span in spans if span.startswith(".") for name in ("provenance" + span, "source" + span)}
    spans |= {word for span in spans if "{" in span for word in re.findall(r"\w+", span)}
    return {re.sub(r"[A-Z]{2,}|(?<=[a-z_])[QLR]\b|…", "*", span) for span in spans if span not in ("…", "KEY")}


def is_parameter(name, parameters):
    return name in parameters or name.startswith("provenance.")


def names_of(file, parameters):
    """{name: where it stands}: groups, datasets and attributes of groups; not units, descriptions and parameters."""
    names = {name: "/" for name in file.attrs if not is_parameter(name, parameters)}

    def visit(path, what):
        parts = path.split("/")
        if what.parent.name.endswith("/gradient"):
            return  # named after parameters
        names.setdefault(parts[-1], path)
        if isinstance(what, h5py.Group):
            names.update({name: path for name in what.attrs})

    file.visititems(visit)
    return names


def check_file(path, page, title, parameters):
    """All names in a file are on the page."""
    patterns = patterns_of(section_of(page, title)) | {"format_version", "data", "meshes"}
    with h5py.File(path) as file:
        for name, where in names_of(file, parameters).items():
            if not any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
                fail(f"{path}: {name} in {where} isn't in {page}, {title}")


def check_described(path):
    """Each dataset has a unit and a description."""

    def visit(name, what):
        if isinstance(what, h5py.Dataset) and not {"unit", "description"} <= set(what.attrs):
            fail(f"{path}: {name} has no unit or description")

    with h5py.File(path) as file:
        file.visititems(visit)


def check_table(paths, page, title):
    """Rows "| `group`, ... | `name`, ... |" of a page's table: a group of the row has the name, in one of the files."""
    written, found = set(), 0
    for path in paths:
        with h5py.File(path) as file:
            file.visititems(lambda name, what: written.update({name, *(f"{name}/{attribute}" for attribute in what.attrs)}))
    for groups, values in re.findall(r"^\| (`\w+`[^|]*) \| ([^|]*)", section_of(page, title), re.MULTILINE):
        groups = re.findall(r"`(\w+)`", groups)
        for name in set(re.findall(r"`([\w-]+)`", values)) - RARE:
            found += 1
            if not any(fnmatch.filter(written, re.sub(r"_R$", "_*", f"{group}/{name}")) for group in groups):
                fail(f"{page}, {title}: {' or '.join(paths)} has no {groups[0]}/{name}")
    if found < 5:
        fail(f"{page}, {title}: no table of {paths[0]}")


def check_columns():
    told = re.search(r"`(step,[^`]*)`", section_of("docs/files.md", "timeseries.csv"))
    told = [name.strip() for name in told[1].split(",")]
    written = pathlib.Path("main/timeseries.csv").read_text().splitlines()[0].split(",")
    if told != written:
        fail(f"columns of timeseries.csv: docs/files.md has {told}, the program {written}")


def main():
    make_runs()
    make_scan()
    check_columns()
    with h5py.File("main/spectra.h5") as file:
        parameters = {name for name in file.attrs if name not in ("format_version", "config")} | {"config"}
        about = set(re.findall(r"`\.?([\w.]+)`", section_of("docs/files.md", "On every HDF5 file's root")))
        for name in file.attrs:
            if name.startswith("provenance.") and not {name, name.removeprefix("provenance.")} & about:
                fail(f"docs/files.md doesn't name {name}")
    files = "docs/files.md"
    pages = {
        "main/spectra.h5": (files, "spectra.h5"), "main/tracks.h5": (files, "tracks.h5"), "main/walls.h5": (files, "walls.h5"),
        "vacua/sectors.h5": (files, "sectors.h5"), "vacua/checkpoints/checkpoint_0.h5": (files, "checkpoints"),
        "main/checkpoints/checkpoint_0.h5": (files, "checkpoints"), "modes/checkpoints/checkpoint_0.h5": (files, "checkpoints"),
        "driven/checkpoints/checkpoint_0.h5": (files, "checkpoints"), "scan/dataset.h5": (files, "dataset.h5"),
        "scan/ensemble.h5": (files, "ensemble.h5"), "scan/paired.h5": ("docs/paired.md", "What is written"),
        "main/analysis/analysis.h5": ("docs/analysis.md", "analysis.h5"), "biased/analysis/analysis.h5": ("docs/analysis.md", "analysis.h5"),
        "slow/analysis.h5": ("docs/analysis.md", "analysis.h5"),
        "model.h5": ("docs/emulator.md", "The model file"), "answer.h5": ("docs/emulator.md", None),
        "answers.h5": ("docs/emulator.md", None), "errors.h5": ("docs/emulator.md", None), "query.h5": ("docs/emulator.md", None),
        "net.h5": ("docs/operator.md", "Model file"),
    }
    for path, (page, title) in pages.items():
        check_file(path, page, title, parameters)
    for path in ("main/spectra.h5", "main/walls.h5", "vacua/sectors.h5", "scan/dataset.h5", "scan/ensemble.h5"):
        check_table([path], *pages[path])
    check_table(["main/analysis/analysis.h5", "biased/analysis/analysis.h5", "slow/analysis.h5"], "docs/analysis.md", "analysis.h5")
    for path in ("main/spectra.h5", "main/walls.h5", "main/tracks.h5", "vacua/sectors.h5", "main/analysis/analysis.h5"):
        check_described(path)
    print(f"{len(pages)} files, {len(failures)} failure(s)")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
