"""spans.py: checks the names on pages of documentation that pages.py doesn't run.

Looked at are `code spans` and the lines of blocks:

    commands of dwell       command, options, their words, keys after --set, as in `dwell help --table` and `dwell params`
    options and synopses that stand alone, `--restart` or `run CONFIG [--restart]`: likewise
    group.key               a parameter, of a run, a scan or a field operator; its value where there is a choice
    dw_name, DWELL_NAME     stands in the sources
    ctest -R, --preset      a test's name begins so; a preset has this name

and in all of the text: files and folders of this tree, and links with their anchors. docs/README.md has all pages and
scripts of docs/. A capital NAME or "…" stands for anything.
Environment as for every script of ctest (tests/CMakeLists.txt).
"""
import fnmatch
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from pages import EXIT_CODES, SOURCE, all_pages, blocks_of, commands_of, fail, failures  # noqa: E402

# Options of other programs that stand by themselves in the text.
FOREIGN = {
    "--allow-run-as-root": "mpirun", "--oversubscribe": "mpirun", "--bind-to": "mpirun", "--map-by": "mpirun",
    "--requeue": "sbatch", "--preset": "cmake", "--json": "bench/run", "--print": "tests/docs/examples.py",
    "--surface": "python/render_walls.py", "--step": "python/render_walls.py", "--time-limit": "tests/slurm/slurm.sh",
}
# Files that readers make or get.
READERS = {"own.c", "peak.py", "potential_copy.c", "DIR/array.sh", "analysis/analysis.txt", "mpi.h"}
SPAN = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n\s*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
FENCE = re.compile(r"^\s*(```+)[^\n]*\n.*?^\s*\1[ ]*$", re.DOTALL | re.MULTILINE)
ENDINGS = r"(?:c|h|py|sh|md|cmake|json|supp|sbatch|def|cfg|txt|in)"


class Program:
    """What dwell says about itself."""

    def __init__(self):
        self.options, self.keys = {}, {}
        for line in self.say("help", "--table").splitlines():
            command, option, value, _ = line.split("\t")
            self.options.setdefault(command, {})
            if option:
                self.options[command][option] = value
        for key, kind, allowed in re.findall(r"^(\S+) = .*\n.*\n +(\w+).*; allowed: ([^;]*)", self.say("params"), re.MULTILINE):
            self.keys[key] = allowed.split(", ") if kind == "choice" else None
        self.sections = self.say("analyse", ".", "--only", "?").strip().rpartition("choose from ")[2].split(", ")
        scan = re.findall(r"^ +\{[A-Z0-9]+\(([\w.]+)\)", (SOURCE / "params/scan_table.c").read_text(), re.MULTILINE)
        self.scan_keys = {*scan, "set", "parameters", "quantities", *("base." + key for key in self.keys)}
        self.operator_keys = set(re.findall(r'\{"(\w+\.\w+)"', (SOURCE / "params/operator_config.c").read_text()))
        if min(map(len, (self.options, self.keys, self.sections, scan, self.operator_keys))) < 2:
            sys.exit(f"FAILED: a list is missing: {vars(self)}")
        keys = {*self.keys, *scan, *self.operator_keys}
        self.groups = {key[:dot.start()] for key in keys for dot in re.finditer(r"\.", key)}

    def say(self, *words):
        done = subprocess.run([os.environ["DWELL"], *words], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr


class Tree:
    """Names in this tree. Folders of builds have ignored names (.gitignore)."""

    def __init__(self):
        self.paths, texts = set(), []
        for folder, folders, files in os.walk(SOURCE):
            at = os.path.relpath(folder, SOURCE)
            folders[:] = [name for name in folders if not name.startswith(".") and not (at == "." and re.match(r"build|runs|scans", name))]
            self.paths |= {os.path.normpath(os.path.join(at, name)) for name in [*folders, *files]}
            texts += [os.path.join(folder, name) for name in files if re.search(r"\.(c|h|in|py|sh|cmake|txt|sbatch)$", name)]
        self.names = {os.path.basename(path) for path in self.paths}
        self.folders = sorted({path.split("/")[0] for path in self.paths if "/" in path})
        self.tests, words = "", set()
        for path in texts:
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
            words.update(re.findall(r"\w+", text))
            if path.endswith("CMakeLists.txt"):
                self.tests += text
        self.words = words
        self.presets = {preset["name"] for preset in json.loads((SOURCE / "CMakePresets.json").read_text())["configurePresets"]}

    def has(self, path):
        """NAME, * and {a,b} stand for what is there."""
        braces = re.search(r"\{([^}]*)\}", path)
        if braces:
            return all(self.has(path.replace(braces[0], word, 1)) for word in braces[1].split(","))
        path = re.sub(r"[A-Z]{3,}(?!\w*\.md)", "*", path) if not path.endswith("CMakeLists.txt") else path
        path = os.path.normpath(path)
        return path in self.paths or ("*" in path and bool(fnmatch.filter(self.paths, path)))


def literal(word):
    """Isn't NAME, "…" or made of them."""
    return bool(word) and not re.search(r"[A-Z…]|\.\.\.", word)


def check_key(where, program, keys, setting):
    """key=value, or key alone."""
    key, _, value = setting.partition("=")
    key, value = key.strip(), value.strip(' "\'')
    if not literal(key) or key in ("key", "group.key", "base.key"):
        return
    if key not in keys:
        fail(where, f"there is no parameter {key}")
    elif literal(value) and program.keys.get(key) and value not in program.keys[key]:
        fail(where, f"{key} can't be {value}")


def check_value(where, program, commands, option, kind, value):
    if kind == "KEY=VALUE":
        keys = {*(program.scan_keys if "scan" in commands else ()), *(program.keys if commands != ["scan"] else ())}
        check_key(where, program, keys, value)
    elif "|" in kind or kind == "SECTION,...":
        words = kind.split("|") if "|" in kind else program.sections
        for word in re.split(r"[|,]", value):
            if literal(word) and word not in words:
                fail(where, f"{commands[0]} {option} doesn't know {word}")


def check_options(where, program, commands, words):
    """Each --option is one of at least one of the commands."""
    for i, word in enumerate(words):
        if not word.startswith("--"):
            continue
        having = [command for command in commands if word in program.options[command]]
        if not having:
            fail(where, f"{' | '.join(commands)} has no {word}")
        elif i + 1 < len(words) and program.options[having[0]][word]:
            check_value(where, program, having, word, program.options[having[0]][word], words[i + 1])


def words_of(text):
    text = re.split(r"\s(?:#|&&|>)\s", text.replace("\\|", "|").replace("\\\n", " "))[0]
    return re.sub(r"[\[\]()'\"]|\.\.\.", " ", text).replace("…", " … ").split()


def check_command(where, program, words):
    """Words after `dwell`."""
    if not words or not literal(words[0]):
        return
    commands = [words[0]]
    if words[0] == "surrogate":
        commands = [f"surrogate {words[1]}"] if len(words) > 1 else []
        rest = words[2:]
        while len(rest) > 1 and rest[0] == "|" and not rest[1].startswith("-"):
            commands.append(f"surrogate {rest[1]}")
            rest = rest[2:]
        commands = commands or [name for name in program.options if name.startswith("surrogate ")]
    unknown = [command for command in commands if command not in program.options]
    if unknown:
        fail(where, f"there is no command dwell {unknown[0]}")
    else:
        check_options(where, program, commands, words[1:])


def check_words(where, program, text):
    """A span or a line: commands of dwell, options, and synopses without the program's name."""
    for part in re.split(r"&&|;", text):
        found = re.match(r"(?:\$ )?(?:mpirun [^/]*?|srun )?(?:[\w./-]*/)?dwell(?=\s)(.*)", part.strip(), re.DOTALL)
        words = words_of(found[1] if found else part)
        if not words:
            continue
        names = {name.split()[0] for name in program.options}
        parts = {name.split()[-1] for name in program.options if name.startswith("surrogate ")}
        synopsis = len(words) > 1 and re.match(r"--|[A-Z…]|\|", words[1 if words[0] != "surrogate" else -1])
        if found or (synopsis and words[0] in names):
            check_command(where, program, words)
        elif synopsis and words[0] in parts:
            check_command(where, program, ["surrogate", *words])
        elif words[0].startswith("--") and words[0] not in FOREIGN and words[0] not in program.options:
            check_options(where, program, list(program.options), words)


def check_span(where, program, tree, text):
    for setting in re.finditer(r'(?<![\w./])([a-z]\w*(?:\.[a-z]\w*)+)(?![\w(/])(\s*=\s*"?[\w-]+)?', text):
        group, _, last = setting[1].rpartition(".")
        if group in program.groups and not re.fullmatch(ENDINGS + "|h5|csv|png|svg|log", last) and setting[1] not in program.groups:
            check_key(where, program, {*program.keys, *program.scan_keys, *program.operator_keys}, setting[0])
    for name in re.findall(r"\b(?:dw_|dwell_|DW_|DWELL_)\w+", text):
        name = re.sub(r"_f(32|64)$", "", name)
        if name not in tree.words and not fnmatch.filter(tree.words, re.sub(r"(?<=[a-z]_)[A-Z]{2,}", "*", name)):
            fail(where, f"no source has the name {name}")
    for name in re.findall(r"ctest .*-R (\w+)", text) + re.findall(r"^((?:app|docs|faults|fuzz|lattice)_\w*)\*?$", text):
        if not re.search(rf"\b{name}", tree.tests):
            fail(where, f"no test is called {name}")
    for name in re.findall(r"--preset (\w+)", text):
        if name not in tree.presets:
            fail(where, f"there is no preset {name}")


def check_file_span(where, tree, page, text):
    """The first word of a span is a file beside the page or below it, or somewhere if the page is in docs/."""
    name, folder = text.split()[0], os.path.dirname(page)
    written = name.endswith((".cfg", ".txt")) and folder != "examples"  # by runs or readers
    if re.fullmatch(r"[\w./*{},-]+\." + ENDINGS, name) and name not in READERS and not written:
        below = f"*/{name}" if folder == "docs" else f"{folder}/*/{name}"
        if not (tree.has(os.path.join(folder, name)) or tree.has(name) or tree.has(below)):
            fail(where, f"there is no file {name}")


def check_paths(page, tree, text):
    folders = "|".join(folder for folder in tree.folders if folder not in ("gw", "analysis"))
    paths = rf"(?<![\w./~-])((?:(?:{folders})/[\w./{{}},*-]*[\w}}*/])|(?:gw|analysis)/[\w./*-]*\.{ENDINGS}\b)"
    for found in re.finditer(paths, text):
        path = found[1].rstrip(".,")
        if path not in READERS and not tree.has(path) and not tree.has(os.path.join(os.path.dirname(page), path)):
            fail(f"{page}:{text.count(chr(10), 0, found.start()) + 1}", f"there is no {path}")


def anchors_of(page):
    text = FENCE.sub("", (SOURCE / page).read_text())
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)", text, re.MULTILINE)}


def check_links(page, tree, text):
    for found in re.finditer(r"\]\(([^)\s#]*)(?:#([^)\s]*))?\)", text):
        where = f"{page}:{text.count(chr(10), 0, found.start()) + 1}"
        if "://" in found[1]:
            continue
        target = os.path.normpath(os.path.join(os.path.dirname(page), found[1])) if found[1] else page
        if target not in tree.paths:
            fail(where, f"a link to {target}, which isn't there")
        elif found[2] and found[2] not in anchors_of(target):
            fail(where, f"{target} has no heading for #{found[2]}")


def check_blocks(page, program, tree):
    wrong = [row[1] for row in EXIT_CODES if row[0] == page and row[2] == 2]
    for block in blocks_of(page):
        lines = block.lines
        if block.language == "console":
            lines = [command for _, command, _ in commands_of(block) if not command.startswith(tuple(wrong))]
        elif block.language not in ("sh", "text", "none", "indented", "cfg"):
            continue
        for line in re.sub(r"\\\n|\n(?= {6,}\[)", " ", "\n".join(lines)).splitlines():
            if block.language != "cfg" and re.match(r"\s*(\$ )?(mpirun .*|srun .*)?([\w./-]*/)?dwell ", line):
                check_words(f"{page}:{block.line}", program, line)
            check_span(f"{page}:{block.line}", program, tree, line)


def check_index(tree):
    """docs/README.md names all pages and scripts of docs/."""
    index = (SOURCE / "docs" / "README.md").read_text()
    for path in sorted(tree.paths):
        if re.fullmatch(r"docs/(?!README)[\w-]+\.(md|sh|py)", path) and os.path.basename(path) not in index:
            fail("docs/README.md", f"{path} isn't in the index")


def check_page(page, program, tree):
    text = (SOURCE / page).read_text()
    check_blocks(page, program, tree)
    check_paths(page, tree, text)
    prose = FENCE.sub(lambda block: "\n" * block[0].count("\n"), text)
    check_links(page, tree, prose)
    for span in SPAN.finditer(prose):
        where, words = f"{page}:{prose.count(chr(10), 0, span.start()) + 1}", " ".join(span[2].split())
        if words:
            check_words(where, program, words)
            check_span(where, program, tree, words)
            check_file_span(where, tree, page, words)


def main():
    program, tree = Program(), Tree()
    pages = [page for page in all_pages() if page != "CHANGELOG.md"]  # it names what was
    for page in pages:
        check_page(page, program, tree)
    check_index(tree)
    print(f"{len(pages)} pages, {len(failures)} failure(s)")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
