"""dwell: the files of domain-wall simulations as numpy arrays.

    import dwell
    run = dwell.open("runs/radiation")
    run.timeseries.tau, run.spectra.gw.omega, run.snapshots[-1].phi

`dwell.open` with several directories gives an ensemble. Units and definitions: docs/conventions.md, docs/files.md.
"""
from .dataset import Dataset
from .ensemble import Ensemble
from .errors import DwellFileError, DwellMissing
from .files import FORMAT_VERSION
from .run import Checkpoint, Run, Slice, Snapshot

__all__ = [
    "Checkpoint",
    "Dataset",
    "DwellFileError",
    "DwellMissing",
    "Ensemble",
    "FORMAT_VERSION",
    "Run",
    "Slice",
    "Snapshot",
    "open",
    "open_scan",
]
__version__ = "0.1.0"


def open(directory, *more):  # the name that users expect; the builtin isn't used in this file
    """A Run, or with several directories an Ensemble. Errors: DwellFileError."""
    return Ensemble([directory, *more]) if more else Run(directory)


def open_scan(path):
    """The Dataset of a scan, from its directory or dataset.h5. Errors: DwellFileError."""
    return Dataset(path)
