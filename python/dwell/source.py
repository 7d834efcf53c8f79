"""Whether what was made from runs is of these runs."""
import numpy as np

NO_MATTER = ("name", "output", "overwrite", "seed", "lattice.processes")
"""Keys in which runs of one set-up may differ, beside those of `store`."""


def matters(key):
    """Whether runs that differ in this key are of different set-ups."""
    return key not in NO_MATTER and not key.startswith("store.")


def foreign(attributes, runs):
    """What shows that a file of `dwell analyse` with these attributes is of other runs than these; None for nothing."""
    seeds = sorted(int(seed) for seed in np.atleast_1d(attributes.get("source.seed", [])))
    if seeds != sorted(int(run.params["seed"]) for run in runs):
        return f"it is of seeds {', '.join(map(str, seeds)) or 'unknown'}"
    for key, value in runs[0].params.items():
        other = attributes.get(key, value)
        if matters(key) and not np.array_equal(np.asarray(value).ravel(), np.asarray(other).ravel()):
            return f"its runs have {key} = {other}, these {value}"
    return None
