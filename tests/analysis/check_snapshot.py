"""check_snapshot.py FILE XDMF: a snapshot of test_snapshot.c, seen by another program.

Checks every attribute that openPMD 1.1.0 requires, with its type, the values, and that the list for ParaView
points at them. Exit codes: 0 right, 1 wrong (each fault on a line), 77 no numpy or h5py.
"""
import os
import re
import sys
import xml.etree.ElementTree as tree

try:
    import h5py
    import numpy as np
except ImportError:
    sys.exit(77)

TEXT, TEXTS, REAL, REALS, UINT32 = "text", "texts", "real", "reals", "uint32"
ROOT = {"openPMD": TEXT, "openPMDextension": UINT32, "basePath": TEXT, "meshesPath": TEXT, "iterationEncoding": TEXT,
        "iterationFormat": TEXT, "software": TEXT, "softwareVersion": TEXT, "date": TEXT}
ITERATION = {"time": REAL, "dt": REAL, "timeUnitSI": REAL}
MESH = {"geometry": TEXT, "dataOrder": TEXT, "axisLabels": TEXTS, "gridSpacing": REALS, "gridGlobalOffset": REALS,
        "gridUnitSI": REAL, "unitDimension": REALS, "unitSI": REAL, "position": REALS, "timeOffset": REAL}

faults = []


def check(good, what):
    if not good:
        faults.append(what)


def has_type(value, kind):
    """As h5py shows it: fixed-length text is numpy.bytes_."""
    if kind == TEXT:
        return isinstance(value, np.bytes_)
    if kind == TEXTS:
        return isinstance(value, np.ndarray) and value.dtype.kind == "S"
    if kind == REAL:
        return isinstance(value, np.float64)
    if kind == REALS:
        return isinstance(value, np.ndarray) and value.dtype == np.float64
    return isinstance(value, np.uint32)


def check_attributes(thing, wanted):
    for name, kind in wanted.items():
        if name not in thing.attrs:
            check(False, f"{thing.name}: no attribute {name}")
        else:
            check(has_type(thing.attrs[name], kind), f"{thing.name}: {name} is {type(thing.attrs[name])}, not {kind}")


def check_mesh(mesh, expected):
    check_attributes(mesh, MESH)
    check(mesh.dtype == np.float64 and mesh.shape == expected.shape, f"{mesh.name}: {mesh.dtype} {mesh.shape}")
    check(np.array_equal(mesh[...], expected), f"{mesh.name}: values")
    attributes = mesh.attrs
    check(attributes["geometry"] == b"cartesian" and attributes["dataOrder"] == b"C", f"{mesh.name}: order")
    check(list(attributes["axisLabels"]) == [b"x", b"y", b"z"], f"{mesh.name}: axisLabels")
    check(list(attributes["gridSpacing"]) == [0.5] * 3, f"{mesh.name}: gridSpacing")
    check(len(attributes["unitDimension"]) == 7 and len(attributes["position"]) == 3, f"{mesh.name}: lengths")
    check(len(attributes["unit"]) > 0 and len(attributes["description"]) > 0, f"{mesh.name}: unit, description")


def check_file(path):
    x, y, z = np.meshgrid(*[np.arange(10)] * 3, indexing="ij")
    phi = ((x * 64 + y) * 64 + z) / 1024.0
    with h5py.File(path, "r") as file:
        check_attributes(file, ROOT)
        root = file.attrs
        check(root["openPMD"] == b"1.1.0" and root["openPMDextension"] == 0, "version of openPMD")
        check(root["basePath"] == b"/data/%T/" and root["meshesPath"] == b"meshes/", "paths")
        check(root["iterationEncoding"] == b"fileBased" and root["iterationFormat"] == b"snapshot_%06T.h5", "encoding")
        date = root["date"].decode()
        check(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}", date), f"date {date}")
        check(root["step"] == 120 and root["tau"] == 5.6 and root["a"] == 5.6, "step, tau, a")
        check(root["format_version"] == 3 and len(root["fingerprint"]) == 16, "format_version, fingerprint")
        check(root["config"].startswith("name ="), "config")
        check("lattice.points" in root and "provenance.git" in root, "parameters, provenance")
        check(list(file["data"]) == ["120"] and sorted(file["data/120/meshes"]) == ["phi", "phi_prime"], "members")
        check_attributes(file["data/120"], ITERATION)
        check(file["data/120"].attrs["time"] == 5.6 and file["data/120"].attrs["dt"] == 0.125, "time, dt")
        check_mesh(file["data/120/meshes/phi"], phi)
        check_mesh(file["data/120/meshes/phi_prime"], -0.5 * phi)


def check_list(path):
    """Each item names a dataset of the shape and precision that it says."""
    root = tree.parse(path).getroot()
    items = [item for item in root.iter("DataItem") if item.get("Format") == "HDF"]
    check(root.tag == "Xdmf" and len(items) == 2, f"{path}: {len(items)} items")
    for item in items:
        name, inside = item.text.strip().split(":")
        with h5py.File(os.path.join(os.path.dirname(path), name), "r") as file:
            dataset = file[inside]
            check([int(n) for n in item.get("Dimensions").split()] == list(dataset.shape), f"{inside}: Dimensions")
            check(int(item.get("Precision")) == dataset.dtype.itemsize, f"{inside}: Precision")
    topology = root.find(".//Topology").get("TopologyType")
    geometry = root.find(".//Geometry").get("GeometryType")
    check(topology == "3DCoRectMesh" and geometry == "ORIGIN_DXDYDZ", f"{path}: {topology}, {geometry}")


check_file(sys.argv[1])
check_list(sys.argv[2])
for fault in faults:
    print(fault, file=sys.stderr)
sys.exit(1 if faults else 0)
