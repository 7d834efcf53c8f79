#!/usr/bin/env python3
"""recipe.py PACKAGE_PY SOURCE: reads a Spack recipe as Python with stand-ins for Spack's own names, and looks whether what it
asks for is what the build needs."""
import ast
import os
import re
import sys
import types

path, source = sys.argv[1:]
text = open(path, encoding="utf-8").read()
depends, variants = [], []


class CMakePackage:
    run_tests = False
    spec = {"mpi": types.SimpleNamespace(mpicc="mpicc")}

    def define(self, name, value):
        return name, value

    def define_from_variant(self, name, variant):
        assert variant in variants, f"no variant {variant}"
        return name, variant


def wrapping(*_, **__):
    return lambda function: function


names = {
    "CMakePackage": CMakePackage,
    "version": lambda *_, **__: None,
    "license": lambda *_, **__: None,
    "generator": lambda *_: None,
    "variant": lambda name, **_: variants.append(name),
    "depends_on": lambda spec, **_: depends.append(re.split(r"[@ +]", spec)[0]),
    "run_after": wrapping,
    "on_package_attributes": wrapping,
}
tree = ast.parse(text, path)
tree.body = [node for node in tree.body if not isinstance(node, ast.ImportFrom)]
exec(compile(tree, path, "exec"), names)
arguments = dict(names["Dwell"]().cmake_args())

# Its options exist.
options = open(os.path.join(source, "CMakeLists.txt"), encoding="utf-8").read()
for name in arguments:
    assert not name.startswith("DWELL_") or f"option({name} " in options, f"there is no option {name}"
# What CMake looks for is among what the recipe depends on.
needed = {"MPI": "mpi", "FFTW": "fftw", "hdf5": "hdf5", "libconfig": "libconfig", "PNG": "libpng",
          "RANDOM123_INCLUDE_DIR": "random123", "gsl": "gsl", "openblas": "openblas", "lapacke": "netlib-lapack",
          "nlopt": "nlopt"}
wanted = open(os.path.join(source, "cmake", "DwellDependencies.cmake"), encoding="utf-8").read()
found = set(re.findall(r"^(?:find_package|pkg_check_modules|find_path)\((\w+)", wanted, re.M)) - {"PkgConfig", "OpenMP"}
for name in sorted(found):
    assert needed.get(name) in depends, f"{name} is looked for, but the recipe doesn't depend on it"
print(f"recipe: {len(depends)} dependencies, {len(variants)} variants")
