"""Parameters from the text of config.cfg, a subset of libconfig: groups, lists, numbers, texts and truth values."""
import re

from .errors import DwellFileError

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|\#[^\n]*|/\*.*?\*/)
      | (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<number>[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)L{0,2})
      | (?P<name>[A-Za-z*][-A-Za-z0-9_*]*)
      | (?P<mark>[={}\[\](),;:])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", '"': '"', "\\": "\\"}


def _unescape(quoted):
    return re.sub(
        r"\\(x[0-9A-Fa-f]{2}|.)",
        lambda m: chr(int(m[1][1:], 16)) if len(m[1]) > 1 else _ESCAPES.get(m[1], m[1]),
        quoted[1:-1],
    )


class _Reader:
    def __init__(self, text, path):
        self.path, self.tokens = path, []
        at, line = 0, 1
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise DwellFileError(
                    f"{path}, line {line}: can't be read as parameters: {text[at:at + 20]!r}; "
                    "restore the file that the run wrote"
                )
            if match.lastgroup != "space":
                self.tokens.append((match.lastgroup, match.group(), line))
            line += match.group().count("\n")
            at = match.end()
        self.tokens.append(("end", "", line))
        self.next = 0

    def take(self, *wanted):
        kind, text, line = self.tokens[self.next]
        if wanted and text not in wanted and kind not in wanted:
            raise DwellFileError(
                f"{self.path}, line {line}: {text or 'the end'!r} instead of {' or '.join(wanted)}; "
                "restore the file that the run wrote"
            )
        self.next += 1
        return kind, text

    def sees(self, *texts):
        return self.tokens[self.next][1] in texts and self.tokens[self.next][0] != "text"

    def group(self, prefix, into):
        """Settings up to the end of a group."""
        while self.tokens[self.next][0] == "name":
            name = self.take()[1]
            self.take("=", ":")
            if self.sees("{"):
                self.take()
                self.group(f"{prefix}{name}.", into)
                self.take("}")
            else:
                into[prefix + name] = self.value()
            if self.sees(";", ","):
                self.take()

    def value(self):
        if self.sees("[", "("):
            closing = {"[": "]", "(": ")"}[self.take()[1]]
            values = []
            while not self.sees(closing):
                values.append(self.value())
                if self.sees(","):
                    self.take()
            self.take()
            return values
        if self.sees("{"):
            self.take()
            inner = {}
            self.group("", inner)
            self.take("}")
            return inner
        kind, text = self.take("text", "number", "name")
        if kind == "text":
            whole = _unescape(text)
            while self.tokens[self.next][0] == "text":  # adjacent texts are one
                whole += _unescape(self.take()[1])
            return whole
        if kind == "name":
            if text.lower() not in ("true", "false"):
                raise DwellFileError(f"{self.path}, line {self.tokens[self.next - 1][2]}: {text!r} is no value")
            return text.lower() == "true"
        text = text.rstrip("L")
        return float(text) if re.search(r"[.eE]", text) else int(text)


def parse(text, path="config"):
    """All settings of a text as one dict, `{"lattice.points": 256, ...}`.

    Arrays and lists become lists, groups inside lists dicts. Errors: DwellFileError with the line.
    """
    reader = _Reader(text, path)
    settings = {}
    try:
        reader.group("", settings)
    except RecursionError:
        raise DwellFileError(f"{path}: groups lie too deep within each other; restore the file") from None
    reader.take("end")
    return settings
