"""The data set of a scan, dataset.h5 of `dwell scan`."""
import pathlib

import numpy as np

from . import files
from .errors import DwellFileError

DATASET_VERSION = 1


class Dataset:
    """All finished runs of a scan.

    `keys` (D) are the scanned parameters, `values` (R,D) theirs in each run, `low` and `high` (D) the range of the scan;
    `logarithmic` (D) says which are scanned in their logarithm. `run` has `id`, `point`, `seed`, `level` (0 fine, 1 cheap twin), `blind` (R). `spectra` has the groups
    `field`, `etc`, `gw` with `tau` (R,T), `k` (R,K) and values (R,T,K); `timeseries` maps columns to (R,rows).
    """

    def __init__(self, path):
        path = pathlib.Path(path)
        self.path = path / "dataset.h5" if path.is_dir() else path
        whole = files.read_file(self.path, "a scan writes it after its first finished run; run `dwell scan`")
        version = whole.attributes.get("dataset_version")
        if version is None:
            raise DwellFileError(f"{self.path} isn't the data set of a scan; give dataset.h5 of a scan's directory")
        if version > DATASET_VERSION:
            raise DwellFileError(
                f"{self.path} has data set version {version}, this package knows {DATASET_VERSION}; "
                "use the package of the dwell that wrote it"
            )
        try:
            parameters, self.run = whole["parameters"], whole["runs"]
            self.keys = [str(key) for key in parameters["key"]]
            self.units = [str(unit) for unit in parameters["unit"]]
            self.logarithmic = np.atleast_1d(parameters["logarithmic"]).astype(bool)
            self.values = np.asarray(self.run["values"], float).reshape(len(self.run["point"]), len(self.keys))
            self.low, self.high = (np.atleast_1d(np.asarray(parameters[end], float)) for end in ("low", "high"))
            columns = [str(name) for name in whole["timeseries"]["column"]]
            series = whole["timeseries"]["value"]
            self.timeseries = {name: series[:, :, c] for c, name in enumerate(columns)}
        except KeyError as reason:
            raise DwellFileError(
                f"{self.path} lacks {reason}; restore it from a copy, or collect the scan again"
            ) from None
        except (IndexError, TypeError, ValueError) as reason:
            raise DwellFileError(
                f"{self.path} is damaged ({reason}); restore it from a copy, or collect the scan again"
            ) from None
        self.spectra = {name: whole[name] for name in ("field", "etc", "gw") if name in whole}
        self.attributes = whole.attributes

    def __len__(self):
        return len(self.run["point"])

    def __repr__(self):
        return f"<data set {self.path}: {len(self)} runs over {', '.join(self.keys) or 'nothing'}>"

    def points(self, level=0):
        """Numbers of the points that have runs of this level."""
        return np.unique(self.run["point"][self.run["level"] == level])

    def members(self, point, level=0):
        """Indices of the runs of a point, by seed."""
        (found,) = np.nonzero((self.run["point"] == point) & (self.run["level"] == level))
        return found[np.argsort(self.run["seed"][found])]
