"""pages.py [--first-hour [--here]]: runs the commands that pages of documentation tell readers to type.

--first-hour: docs/first-hour.md, as it stands, and compares what comes out with what the page shows. Otherwise all other
pages, with the examples at the sizes of sizes.py. A page is run from top to bottom in a folder that looks like the source
tree; with --here in the current folder, a source tree that has been built, as a reader would. Blocks in pages are

    ```sh       commands, a line each
    ```console  lines after "$ " are commands, the others what they print; "…" stands for any text, alone on a line for any
                number of lines. A number may differ by one in its last digit; the line "^C" is a Ctrl-C after some rows.
    ```LANGUAGE NAME    a file that the reader saves

Other blocks are not run, and a line in them, or in an indented block, that looks like a command is an error; ```text is for synopses.
What can't be run here stands in SKIPPED with the reason; what is neither run nor there fails, and so does an entry
that no page has. Environment as for every script of ctest (tests/CMakeLists.txt); exit code 77 means skipped.
"""
import importlib.util
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from sizes import SMALL  # noqa: E402

SOURCE = pathlib.Path(os.environ["DWELL_SOURCE_DIR"])
FIRST_HOUR = "docs/first-hour.md"

CLONE, BUILD, SLURM = "clones and installs", "builds the program anew; scripts/clean-tree-test.sh does it", "needs SLURM; tests/slurm"
PACKAGE = "builds and installs packages; tests/packaging, scripts/package-test.sh"
# Page, first words of the command, why it isn't run here.
SKIPPED = [
    (FIRST_HOUR, "git clone", CLONE),
    (FIRST_HOUR, "cd dwell", CLONE),
    (FIRST_HOUR, "./quickstart build", BUILD),
    (FIRST_HOUR, "sbatch", SLURM),
    ("README.md", "git clone", CLONE),
    ("README.md", "dwell/quickstart run", BUILD),
    ("README.md", "cmake", PACKAGE),
    ("README.md", "cpack", PACKAGE),
    ("README.md", "./quickstart test", "runs this test"),
    ("docs/cluster.md", "cmake", BUILD),
    ("docs/cluster.md", "cp examples/slurm/run.sbatch . && $EDITOR", "opens an editor"),
    ("docs/cluster.md", "sbatch", SLURM),
    ("docs/cluster.md", "examples/slurm/scan.sh", SLURM),
    ("docs/report.md", "python3 python/render_walls.py", "needs VTK and a display; tests/python where they are"),
    ("tests/fuzz/README.md", "", "needs clang's fuzzer; tests/fuzz"),
]
# Page, text of a command, what is run instead: smaller sizes.
SMALLER = [
    ("README.md", "lattice.points=512", "lattice.points=64"),
    ("examples/README.md", "fields.bias=0.002", "fields.bias=0.006"),
    ("docs/scans.md", "mpirun -n 8", "mpirun -n 2"),
]
# Examples that aren't runs (sizes.py): texts in them, and what stands in their place.
SMALL_TEXTS = {
    "scan": {
        "lattice.points=64": "lattice.points=32", "lattice.length=19.0": "lattice.length=9.5", "time.end=6.0": "time.end=4.0",
        "points = 16": "points = 6", "seeds = 4": "seeds = 2", "seeds = 8": "seeds = 2",
    },
    "corrector": {
        "lattice.points=128": "lattice.points=32", "lattice.length=16": "lattice.length=8", "time.end=5.6": "time.end=2.8",
        "shells = 16": "shells = 4", "points = 64": "points = 16", "fat_from = 4.0": "fat_from = 2.0",
        "runs = 44; steps = 800": "runs = 4; steps = 20", "runs = 24": "runs = 2",
    },
}
# Page, first words of the command, its exit code where that isn't 0.
EXIT_CODES = [
    (FIRST_HOUR, "build/dwell check examples/first.cfg --set cosmology.wb=1", 2),
    (FIRST_HOUR, "build/dwell surrogate predict first.h5 --set cosmology.w=1.5", 11),
]
COMMAND = re.compile(
    r"\s*(\$ .*|(build/dwell|dwell|mpirun|srun|sbatch|cmake|cpack|ctest|git|cp|python3?|pip|\./quickstart|\S*/quickstart|(sudo )?apt-get"
    r"|scripts/\S+|docs/\S+\.(sh|py)|tests/\S+\.sh|examples/slurm/\S+)( .*|$))"
)
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
failures = []


def fail(where, what):
    print(f"FAILED: {where}: {what}", flush=True)
    failures.append(where)


class Block:
    """Lines of a fence, or of an indented block, and where they stand."""

    def __init__(self, page, line, language="", name=""):
        self.page, self.line, self.language, self.name, self.lines = page, line, language, name, []


def blocks_of(page):
    """Fenced and indented blocks of a page, in order."""
    found, block, fence, before = [], None, "", ""
    for number, line in enumerate((SOURCE / page).read_text().splitlines(), 1):
        mark = re.match(r"\s*(```+)\s*(\S*)\s*(\S*)", line)
        if fence:
            if mark and mark[1] == fence and not mark[2]:
                fence, block = "", None
            else:
                block.lines.append(line)
        elif mark:
            fence, block = mark[1], Block(page, number, mark[2] or "none", mark[3])
            found.append(block)
        elif line.startswith("    ") and (not before or (block and block.language == "indented")):
            if not block:
                block = Block(page, number, "indented")
                found.append(block)
            block.lines.append(line)
        elif line:
            block = None
        before = line.strip()
    if fence:
        fail(f"{page}:{block.line}", "the block doesn't end")
    return found


def commands_of(block):
    """[(line number, command, lines that the page shows after it or None)]"""
    commands = []
    continued = False
    for number, line in enumerate(block.lines, block.line + 1):
        if continued:
            commands[-1][1] += "\n" + line
        elif block.language == "sh":
            if line.strip() and not line.lstrip().startswith("#"):
                commands.append([number, line, None])
        elif line.startswith("$ "):
            commands.append([number, line[2:], []])
        elif commands:
            commands[-1][2].append(line)
        else:
            fail(f"{block.page}:{number}", "output before the first command")
        continued = bool(commands) and line.endswith("\\") and (continued or block.language == "sh" or line.startswith("$ "))
    return commands


def same_number(shown, real):
    """real, rounded like the number on the page, is that or its neighbour."""
    if "." not in shown and "e" not in shown.lower():
        return shown == real
    mantissa, _, exponent = shown.lower().partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(float(shown) - float(real)) <= 1.001 * unit


def same_line(shown, real):
    """A line of the page and one that was printed; "…" is any text, numbers are compared as numbers."""
    numbers = []
    pattern = ""
    for part in re.split(r"(…|\s+|" + NUMBER.pattern + ")", shown.strip()):
        if part == "…":
            pattern += ".*"
        elif part and not part.strip():
            pattern += r"\s+"
        elif NUMBER.fullmatch(part):
            pattern += "(" + NUMBER.pattern + ")"
            numbers.append(part)
        elif part:
            pattern += re.escape(part)
    match = re.fullmatch(pattern, real.strip())
    return bool(match) and all(map(same_number, numbers, match.groups()))


def shown_in(shown, real):
    """The first line of the page that isn't where it should be in what was printed, or None."""
    at, gap = 0, False
    for line in shown:
        if line.strip() == "…":
            gap = True
            continue
        if not line.strip() and gap:
            continue
        start = at
        while at < len(real) and not same_line(line, real[at]):
            at += 1
        if at == len(real) or (at > start and not gap):
            return line
        at, gap = at + 1, False
    return None if gap or at == len(real) else f"the end; {len(real) - at} lines more were printed: {real[at]}"


def wait_for_rows(output, process, rows=6):
    series = pathlib.Path(output) / "timeseries.csv"
    for _ in range(6000):
        if process.poll() is not None or (series.exists() and len(series.read_text().splitlines()) > rows):
            return
        time.sleep(0.01)


def processor_time():
    """Of all commands so far."""
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of.ru_utime + of.ru_stime


def start(command, interrupt):
    """(exit code, lines printed); with a Ctrl-C after some rows if asked for."""
    with subprocess.Popen(
        ["bash", "-c", ("exec " if interrupt else "") + command],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    ) as process:
        if interrupt:
            wait_for_rows(re.search(r"output=(\S+)", command)[1], process)
            process.send_signal(signal.SIGINT)
        try:
            out, _ = process.communicate(timeout=600)
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
            return -1, [*out.splitlines(), "took longer than 600 s"]
    return process.returncode, out.splitlines()


class Tables:
    """SKIPPED, SMALLER and EXIT_CODES, and which of their rows were met."""

    def __init__(self):
        self.met = set()

    def find(self, table, page, fits):
        for row in table:
            if row[0] == page and fits(row[1]):
                self.met.add(row[:2])
                return row
        return None

    def left(self, pages):
        for row in [*SKIPPED, *SMALLER, *EXIT_CODES]:
            if row[0] in pages and row[:2] not in self.met:
                fail(row[0], f"pages.py knows '{row[1]}', which isn't on the page any more")


def run_command(tables, page, number, command, shown):
    where = f"{page}:{number}"
    skipped = tables.find(SKIPPED, page, command.startswith)
    if skipped:
        print(f"SKIP: {where}: {command}: {skipped[2]}", flush=True)
        return
    while smaller := tables.find(SMALLER, page, command.__contains__):
        command = command.replace(smaller[1], smaller[2])
    interrupt = bool(shown) and any(line.strip() == "^C" for line in shown)
    special = tables.find(EXIT_CODES, page, command.startswith)
    expected = special[2] if special else 75 if interrupt else 0
    begin, used = time.monotonic(), processor_time()
    code, out = start(command, interrupt)
    took, used = time.monotonic() - begin, processor_time() - used
    print(f"{where}: {command}: {took:.1f} s, {used:.1f} s of processor time", flush=True)
    if code != expected:
        fail(where, f"exit code {code} instead of {expected}: {command}\n" + "\n".join(out[-20:]))
    elif shown is not None:
        missing = shown_in([line for line in shown if line.strip() != "^C"], out)
        if missing is not None:
            fail(where, f"not as the page shows it: {missing}\n" + "\n".join(out))


def run_block(tables, block):
    if block.language in ("sh", "console"):
        for number, command, shown in commands_of(block):
            run_command(tables, block.page, number, command, shown)
        return
    if block.name:
        pathlib.Path(block.name).write_text("\n".join(block.lines) + "\n")
    if block.language in ("none", "indented"):
        for number, line in enumerate(block.lines, block.line + (block.language == "none")):
            if COMMAND.fullmatch(line):
                fail(f"{block.page}:{number}", f"looks like a command; mark its block as sh, console or text: {line.strip()}")


def set_key(text, key, value):
    """The text of a parameter file with another value of a key that it has."""
    name = key.split(".")[-1]
    if isinstance(value, list):
        value = "[ " + ", ".join(map(str, value)) + " ]"
    text, count = re.subn(rf"\b{name} = (\[[^]]*\]|[^;]*);", lambda _: f"{name} = {value};", text, count=1)
    assert count == 1, f"{key} isn't in the file"
    return text


def make_small(folder):
    for name, keys in SMALL.items():
        path = folder / f"{name}.cfg"
        text = path.read_text()
        for key, value in keys.items():
            text = set_key(text, key, value)
        path.write_text(text)
    for name, texts in SMALL_TEXTS.items():
        path = folder / f"{name}.cfg"
        text = path.read_text()
        for old, new in texts.items():
            assert old in text, f"{old} isn't in {path}"
            text = text.replace(old, new)
        path.write_text(text)


def make_tree(folder, small):
    """A folder that looks like the source tree after the build; the current one from then on."""
    (folder / "build").mkdir(parents=True)
    (folder / "bin").mkdir()
    os.symlink(os.environ["DWELL"], folder / "build" / "dwell")
    os.symlink(SOURCE / "python", folder / "python")
    shutil.copytree(SOURCE / "examples", folder / "examples")
    if small:
        make_small(folder / "examples")
    for name, command in {
        "dwell": os.environ["DWELL"], "python3": os.environ["DWELL_PYTHON"], "mpirun": os.environ["MPIEXEC"],
    }.items():
        shim = folder / "bin" / name
        shim.write_text(f'#!/bin/sh\nPATH={os.environ["PATH"]} exec {command} "$@"\n')
        shim.chmod(0o755)
    os.chdir(folder)


def run_page(tables, page, folder, here):
    blocks = blocks_of(page)
    if not any(block.language in ("sh", "console") for block in blocks):
        for block in blocks:
            run_block(tables, block)
        return
    path = os.environ["PATH"]
    if not here:
        make_tree(folder, page != FIRST_HOUR)
        os.environ["PATH"] = f"{folder}/bin:{path}"
    for block in blocks:
        run_block(tables, block)
    os.environ["PATH"] = path


def all_pages():
    """Paths of the pages in the tree, without those in folders of builds."""
    found = [*SOURCE.glob("*.md"), *SOURCE.glob("[a-z]*/*.md"), *SOURCE.glob("[a-z]*/*/README.md")]
    pages = sorted(str(path.relative_to(SOURCE)) for path in found)
    return [page for page in pages if not page.startswith("build")]


def main():
    for module in ("matplotlib",):
        if importlib.util.find_spec(module) is None:
            print(f"SKIP: {sys.executable} has no {module}; on Debian and Ubuntu: apt-get install python3-{module}")
            return 77
    folder = pathlib.Path.cwd()
    pages = [FIRST_HOUR]
    if "--first-hour" not in sys.argv:
        pages = [page for page in all_pages() if page != FIRST_HOUR]
    tables = Tables()
    for page in pages:
        run_page(tables, page, folder / page.replace("/", "-").removesuffix(".md"), "--here" in sys.argv)
    tables.left(pages)
    print(f"{len(pages)} pages, {len(failures)} failure(s)")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
