#!/usr/bin/env python3
"""Writes the corpus of the HDF5 targets: edits, eight bytes each, and of the others small inputs that are valid; and keys.dict,
words of parameter and scan files, which a fuzzer can't guess."""
import pathlib
import random
import re
import struct
import sys

here = pathlib.Path(__file__).parent
corpus = here / "corpus"
random.seed(1)


def edit(what, which=0, how=0, more=0, obj=0):
    return struct.pack("<BBHBHB", what, obj, which, how, more, 0)


def write(target, name, data):
    folder = corpus / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


for target, prefixed in (("emulator", False), ("dataset", False), ("operator", False), ("snapshot", False),
                         ("archive", True), ("restart", True)):
    first = bytes([0]) if prefixed else b""
    write(target, "none", first)
    for i, what in enumerate((0, 1, 2, 3, 4, 9)):
        edits = b"".join(edit(what, random.randrange(9999), random.randrange(256), random.randrange(12),
                              random.randrange(256)) for _ in range(3))
        write(target, f"edits{i}", first + edits)
    if prefixed:
        for victim in (1, 2, 3):
            write(target, f"victim{victim}", bytes([victim]) + edit(4, 1, 0, 6, 3))

examples = here.parent.parent / "examples"
for example in ("radiation.cfg", "matter.cfg", "axion.cfg", "plugin.cfg"):
    if (examples / example).exists():
        write("params", example, (examples / example).read_bytes())
write("params", "lists.cfg", b'analysis = { utc_reference = ( 1, 2.5 ); };\nlattice = { points = 64L; processes = [1, 0]; };\n')
write("params", "long.cfg", b"analysis = { utc_reference = [" + b",".join([b"1."] * 2000) + b"]; };\n")
write("scan", "scan.cfg", (examples / "scan.cfg").read_bytes())
write("scan", "list.cfg", b'base = "b"; seeds = 2; parameters = ( { key = "time.step"; values = [0.2, 0.1]; } );\n')
write("set", "usual", b"lattice.points=128\ncosmology.w=0\nfields.potential=double-well\nstore.snapshots=[1, 5.6]\n")
write("set", "odd", b"analysis.utc_reference=1\nname=\"a b\"\nlattice.processes=(2,3)\noverwrite=true\nseed=-5\nx=1\n")
rows = "".join(f"{1 + 0.25 * i} {1 + 0.25 * i}\n" for i in range(12))
write("table", "tau", b"\1# tau a\n" + rows.encode())
write("table", "hubble", b"\0# a H\n" + "".join(f"{2.0 ** i} {4.0 ** -i}\n" for i in range(12)).encode())
write("power", "usual", b"# k P P'\n" + "".join(f"{0.1 * 2 ** i} {0.5 ** i} {0.25 ** i}\n" for i in range(10)).encode())

params = here.parent.parent / "params"
row = re.compile(r'\{[A-Z0-9_]+\((?:key, |)([a-z0-9_.]+)[^"]*"([^"]*)",[^"]*?(?:OF\("([^"]*)"\)|,)')
words = set()
for table in ("table.c", "scan_table.c"):
    for member, usual, choices in row.findall((params / table).read_text()):
        words |= {member, usual, *member.split("."), *choices.split("|")}
words |= {"true", "false", "1e308", "-1e-308", "9223372036854775807L", "0x7fffffff", "@include", "= {", "};", "= [", "];", "= (", ");"}
(here / "keys.dict").write_text("# Written by make_corpus.py.\n" + "".join(f'"{word}"\n' for word in sorted(words - {""})))
sys.exit(0)
