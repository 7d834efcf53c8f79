"""Catches parameters that are read with another value or type than the program wrote."""
import h5py
import numpy as np
import pytest
from conftest import make

import dwell
from dwell.config import parse


def test_what_a_run_wrote(folder):
    """Every parameter of config.cfg, against the attributes that the program wrote beside it."""
    run = dwell.open(make(folder / "parameters", "time.end=1.5", "analysis.utc_reference=[1.2, 1.4]"))
    with h5py.File(run.path / "spectra.h5") as file:
        stored = dict(file.attrs)
    compared = 0
    for key, value in run.params.items():
        other = stored[key]
        other = other.tolist() if isinstance(other, np.ndarray) else other
        assert value == other, key
        compared += 1
    assert compared > 70 and run.params["name"] == "tiny <network> & co"
    assert isinstance(run.params["gw.enabled"], bool) and isinstance(run.params["lattice.points"], int)
    assert isinstance(run.params["lattice.length"], float)


def test_all_kinds_of_values():
    text = """// a comment
    a = 1; b = -2.5e-3, c = "x // y \\"q\\" \\x41\\n"  # another
    d = [ ]; e = [ 1, 2.5, ]; f : { g = TRUE; h = { i = FALSE; }; }; /* all
    of this */ j = 9000000000L; k = "one " "two"; l = ( { m = 1; }, ( "n", 2 ) ); o = .5;"""
    assert parse(text) == {
        "a": 1,
        "b": -2.5e-3,
        "c": 'x // y "q" A\n',
        "d": [],
        "e": [1, 2.5],
        "f.g": True,
        "f.h.i": False,
        "j": 9000000000,
        "k": "one two",
        "l": [{"m": 1}, ["n", 2]],
        "o": 0.5,
    }


@pytest.mark.parametrize(
    "text, line", [("a = 1;\nb = {c = 2", 2), ("a = ;", 1), ("\n\n a = $", 3), ("a = x;", 1), ("a 1", 1)]
)
def test_wrong_texts(text, line):
    with pytest.raises(dwell.DwellFileError, match=f"f.cfg, line {line}: "):
        parse(text, "f.cfg")


def test_nesting_has_an_end():
    with pytest.raises(dwell.DwellFileError, match="too deep"):
        parse("a = " + "{ b = " * 100000 + "1;")
