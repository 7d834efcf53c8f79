"""The examples at sizes for tests: changes of each, small enough for a second and such that `dwell check` is content."""

# N, L and the end are chosen together (examples/README.md); what else has to follow is beside them.
SMALL = {
    "first": {
        "lattice.points": 40,
        "lattice.length": 6.5,
        "time.end": 4.2,
        "store.snapshots": [4.2],
        "analysis.tracks": 16,
    },
    "radiation": {
        "lattice.points": 48,
        "lattice.length": 7.2,
        "time.end": 4.6,
        "analysis.utc_reference": [3.0, 3.8],
        "store.snapshots": [4.6],
    },
    "matter": {
        "lattice.points": 48,
        "lattice.length": 16.0,
        "time.end": 10.0,
        "analysis.utc_reference": [6.0, 8.0],
        "store.snapshots": [10.0],
    },
    "kination": {
        "lattice.points": 48,
        "lattice.length": 16.0,
        "time.end": 8.5,
        "analysis.utc_reference": [5.0, 6.5],
        "store.snapshots": [8.5],
    },
    "plugin": {
        "lattice.points": 48,
        "lattice.length": 7.0,
        "time.end": 4.4,
        "analysis.utc_reference": [3.0, 3.6],
        "store.snapshots": [4.4],
    },
    "axion": {
        "lattice.points": 48,
        "lattice.length": 7.2,
        "time.end": 4.4,
        "analysis.utc_reference": [3.0, 3.6],
        "store.snapshots": [4.4],
    },
    # The noise ends at 0.75 of the Nyquist momentum.
    "many-domains": {
        "lattice.points": 48,
        "lattice.length": 14.0,
        "time.end": 12.0,
        "fields.initial.cutoff": 8.0,
        "analysis.utc_reference": [8.0, 10.0],
        "store.snapshots": [5.0, 12.0],
    },
    # A larger bias, as the box is younger at its end.
    "annihilation": {
        "lattice.points": 64,
        "lattice.length": 36.0,
        "time.end": 19.0,
        "fields.bias": 0.003,
        "analysis.utc_reference": [8.0, 12.0],
        "store.snapshots": [8.0],
    },
    "transition": {
        "lattice.points": 48,
        "lattice.length": 20.0,
        "time.end": 12.0,
        "cosmology.chain_until": [6.0],
        "analysis.utc_reference": [8.0, 10.0],
        "store.snapshots": [12.0],
    },
}
