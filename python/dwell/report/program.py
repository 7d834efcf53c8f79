"""The program itself: what it finds out for a page."""
import os
import pathlib
import shutil
import subprocess

from ..errors import DwellFileError


class ProgramError(DwellFileError):
    """The program refused or failed; `code` is its exit code."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


def find():
    """`dwell report` names itself in DWELL_PROGRAM; else the one of the source tree, or that of the path."""
    tree = pathlib.Path(__file__).resolve().parents[3] / "build" / "dwell"
    found = os.environ.get("DWELL_PROGRAM") or (str(tree) if tree.exists() else shutil.which("dwell"))
    if not found:
        raise DwellFileError(
            "the program dwell isn't found; make the page with dwell report, or name it in DWELL_PROGRAM"
        )
    return found


def ask(*arguments, codes=(0,)):
    """What it prints; ProgramError with its last line where its exit code is none of `codes`."""
    command = [find(), *map(str, arguments)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except OSError as reason:
        raise DwellFileError(f"{command[0]} can't be started: {reason.strerror}") from None
    if done.returncode not in codes:
        said = [line for line in done.stderr.strip().splitlines() if line.startswith("dwell: ")]
        ended = f"dwell {' '.join(command[1:3])} ended with code {done.returncode}"
        raise ProgramError(said[0][len("dwell: ") :] if said else ended, done.returncode if done.returncode in (2, 3, 4, 5) else 5)
    return done.stdout
