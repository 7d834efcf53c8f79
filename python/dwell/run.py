"""One run: everything in its directory, read when it is asked for."""
import functools
import pathlib
import re

import numpy as np

from . import config, files, pictures
from .errors import DwellFileError, DwellMissing
from .source import foreign
from .tables import Table

_HINTS = {
    "spectra.h5": "this run has no spectra yet, or analysis.spectra_interval = 0",
    "tracks.h5": "this run keeps no tracks; set analysis.tracks, such as 256",
    "walls.h5": "this run lists no domains; it has analysis.domains = false, or a potential without two vacua",
    "sectors.h5": 'this run has no sectors; they belong to fields.potential = "z-n"',
    "expansion.txt": "the background of this run is given; the file belongs to cosmology.background = "
    '"self-consistent"',
    "analysis/analysis.h5": "this run isn't analysed; run `dwell analyse` on it",
    "analysis/analysis.txt": "this run isn't analysed; run `dwell analyse` on it",
    "timeseries.csv": "the run hasn't written a row yet",
    "run.log": "it isn't there",
}


class Snapshot:
    """The field at one time, read from its openPMD file when asked.

    `step`, `tau` (1/m), `a`, `spacing` (dx, 1/m), `names` of the meshes. `snapshot["phi"]` and `snapshot.phi` are arrays
    of shape (N, N, N) in the order x, y, z, in η; `phi_prime` is dφ/dτ at the same τ, in m η.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        with files.opened(path) as (file, root):
            (self._iteration,) = file["data"].keys()
            base = file["data"][self._iteration]
            self.step, self.tau, self.a = int(self._iteration), float(base.attrs["time"]), root.get("a")
            self.names = list(base["meshes"])
            self.spacing = float(base["meshes"][self.names[0]].attrs["gridSpacing"][0])

    def __getitem__(self, name):
        if name not in self.names:
            raise KeyError(f"{self.path} has no mesh {name!r}; it has {', '.join(self.names)}")
        with files.opened(self.path) as (file, _):
            return file[f"data/{self._iteration}/meshes/{name}"][()]

    def __getattr__(self, name):
        if name.startswith("phi"):
            try:
                return self[name]
            except KeyError as reason:
                raise AttributeError(reason.args[0]) from None
        raise AttributeError(f"a snapshot has no {name!r}")

    def __repr__(self):
        return f"<snapshot {self.path}, tau = {self.tau:.6g}>"


class Slice:
    """A picture of the plane x = N/2: `step`, `tau` (1/m), `path`; `pixels()` is an array (height, width, 3)."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        notes = pictures.texts(pictures.read_chunks(path))
        try:
            self.step, self.tau = int(notes["step"]), float(notes["tau"])
        except (KeyError, ValueError):
            raise DwellFileError(f"{path} isn't a slice of dwell: it has no notes with its step and time") from None

    def pixels(self):
        """Bytes (height, width, 3), the first row at the top: z to the right, y upwards."""
        return pictures.read_pixels(self.path)

    def __repr__(self):
        return f"<slice {self.path}, tau = {self.tau:.6g}>"


class Checkpoint:
    """The state between two steps: `step`, `tau`, `names`; `checkpoint["phi"]`, `["pi"]`, `["gw/h_xy"]` are arrays."""

    def __init__(self, path):
        self.path, self.names = pathlib.Path(path), []
        with files.opened(path) as (file, root):
            self.step, self.tau = root.get("step"), root.get("tau")
            file.visititems(lambda name, item: self.names.append(name) if hasattr(item, "shape") else None)

    def __getitem__(self, name):
        if name not in self.names:
            raise KeyError(f"{self.path} has no {name!r}; it has {', '.join(self.names)}")
        with files.opened(self.path) as (file, _):
            return file[name][()]

    def __repr__(self):
        return f"<checkpoint {self.path}, step {self.step}>"


class Run:
    """A run directory. Nothing is read before it is asked for; what was read is kept until `refresh()`.

    Also for runs that still go on: every file is complete at any time. What a run doesn't have raises DwellMissing,
    whose text says which parameter or command would have given it; `has()` asks without raising.
    """

    def __init__(self, directory):
        self.path = pathlib.Path(directory)
        if not self.path.is_dir():
            raise DwellFileError(f"{directory} isn't a directory; give the one that `output` of the run names")
        if not (self.path / "config.cfg").is_file():
            raise DwellFileError(
                f"{directory} isn't a run directory: it has no config.cfg; give the one that `output` "
                "of the run names"
            )
        self.params  # a directory of something else is refused at once
        self._kept = {}

    def __repr__(self):
        return f"<run {self.path}: {self.params.get('name', '')}>"

    def _file(self, name, read):
        if name not in self._kept:
            self._kept[name] = read(self.path / name, _HINTS[name])
        return self._kept[name]

    def refresh(self):
        """Forget what was read: a run that goes on has more by now."""
        self._kept.clear()

    def has(self, name):
        """Whether the run has `name`: an attribute of this class, or a group of spectra as "spectra.gw"."""
        try:
            item = self
            for part in name.split("."):
                item = item[part] if isinstance(item, dict) else getattr(item, part)
        except (DwellMissing, KeyError):
            return False
        return not (isinstance(item, list) and not item)

    # --- what the run is ---

    @functools.cached_property
    def config(self):
        """The text of config.cfg."""
        return files.read_text(self.path / "config.cfg")

    @functools.cached_property
    def params(self):
        """All resolved parameters, `{"lattice.points": 256, ...}`."""
        params = config.parse(self.config, self.path / "config.cfg")
        if "lattice.points" not in params or "time.end" not in params:
            raise DwellFileError(
                f"{self.path / 'config.cfg'} isn't that of a run: it lacks lattice.points or time.end; "
                "give a run directory of dwell"
            )
        return params

    @property
    def provenance(self):
        """Version, commit, compiler, host, command and so on: from spectra.h5, or from run.log before there is one."""
        if (self.path / "spectra.h5").exists():
            return {
                name[len("provenance.") :]: value
                for name, value in self.spectra.attributes.items()
                if name.startswith("provenance.")
            }
        found = dict(re.findall(r"^([a-z0-9_]+) {2,}(.+)$", self.log, re.MULTILINE)) if self.has("log") else {}
        wanted = (
            "version",
            "git",
            "git_clean",
            "compiler",
            "flags",
            "mpi",
            "fftw",
            "hdf5",
            "host",
            "processes",
            "threads",
            "command",
            "seed",
            "start_time",
        )
        return {name: found[name] for name in wanted if name in found}

    @property
    def log(self):
        """The text of run.log."""
        return self._file("run.log", files.read_text)

    @property
    def warnings(self):
        """What the run warned about, each once."""
        if not self.has("log"):
            return []
        return list(dict.fromkeys(re.findall(r"^warning: (.*)$", self.log, re.MULTILINE)))

    @property
    def finished(self):
        """Whether the time series reaches time.end."""
        tau = self.timeseries["tau"] if self.has("timeseries") else np.array([])
        return bool(len(tau)) and bool(tau[-1] >= self.params["time.end"] * (1 - 1e-9))

    # --- files ---

    @property
    def timeseries(self):
        """Columns of timeseries.csv as arrays; `step` of integers, empty cells are NaN."""
        return self._file("timeseries.csv", files.read_csv)

    @property
    def spectra(self):
        """Groups of spectra.h5, `spectra["gw"]["omega"]` or `spectra.gw.omega`; all from one state of the file."""
        return self._file("spectra.h5", files.read_file)

    @property
    def tracks(self):
        """The stress of single modes through time: `tau` (S), `n` (M,3), `k` (M), `amplitude` (S,M,4), ..."""
        return self._file("tracks.h5", files.read_file)["tracks"]

    @property
    def walls(self):
        """Groups `time`, `domains`, `walls` of walls.h5. `walls_at(i)` has those of one time."""
        return self._file("walls.h5", files.read_file)

    def walls_at(self, i):
        """(domains, walls) that are listed at time i of `walls.time`, as Tables."""
        of = self.walls
        parts = []
        for name in ("domains", "walls"):
            ends = np.cumsum(of["time"][f"{name}_listed"])
            end = ends[i]
            begin = end - of["time"][f"{name}_listed"][i]
            group = of[name]
            parts.append(
                Table(
                    {key: value[begin:end] for key, value in group.items()}, group.path, group.units, group.descriptions
                )
            )
        return tuple(parts)

    @property
    def sectors(self):
        """Groups `time` and `sectors` of sectors.h5."""
        return self._file("sectors.h5", files.read_file)

    @property
    def expansion(self):
        """Columns `tau`, `a`, `conformal_hubble`, `t` of expansion.txt."""
        return self._file(
            "expansion.txt", lambda path, hint: files.read_columns(path, ("tau", "a", "conformal_hubble", "t"), hint)
        )

    @property
    def background(self):
        """The two columns of background.txt, the run's copy of cosmology.table."""
        names = tuple(self.params["cosmology.table_columns"].split("-"))
        return files.read_columns(self.path / "background.txt", names, "this run has no table of a background")

    @property
    def analysis(self):
        """Groups of analysis/analysis.h5, from `dwell analyse`. One of other runs, or of this one before it had another end
        or other outputs, is missing."""
        found = self._file("analysis/analysis.h5", files.read_file)
        reason = foreign(found.attributes, [self])
        if reason is not None:
            raise DwellMissing(f"{self.path}/analysis isn't that of this run as it is: {reason}; run `dwell analyse` on it")
        return found

    @property
    def analysis_text(self):
        """The text of analysis/analysis.txt; missing where `analysis` is."""
        self.analysis
        return self._file("analysis/analysis.txt", files.read_text)

    def _all(self, folder, pattern, make):
        found = [path for path in (self.path / folder).glob(pattern) if path.is_file()]
        found.sort(key=lambda path: (int((re.findall(r"\d+", path.stem) or ["0"])[-1]), path.name))  # names grow at a million
        return [make(path) for path in found]

    @property
    def snapshots(self):
        """List of Snapshot by rising step; may be empty (store.snapshots)."""
        return self._all("snapshots", "snapshot_*.h5", Snapshot)

    @property
    def slices(self):
        """List of Slice by rising step; may be empty (store.slices)."""
        return self._all("slices", "phi_*.png", Slice)

    @property
    def checkpoints(self):
        """List of Checkpoint; may be empty. One that isn't whole is left out, as a restart does."""

        def whole(path):
            try:
                return Checkpoint(path)
            except DwellFileError:
                return None

        return [found for found in self._all("checkpoints", "checkpoint_*.h5", whole) if found is not None]
