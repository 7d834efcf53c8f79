"""run_pytest.py [--needs MODULE] FILE...: runs tests of the Python package with pytest; exit code 77 where it is missing.

Environment as for every script of ctest (tests/CMakeLists.txt). Runs that tests share are made in the current folder.
"""
import importlib.util
import os
import pathlib
import sys

source = pathlib.Path(os.environ["DWELL_SOURCE_DIR"])
arguments = sys.argv[1:]
needs = ["numpy", "h5py", "pytest"]
while "--needs" in arguments:
    at = arguments.index("--needs")
    needs.append(arguments[at + 1])
    del arguments[at : at + 2]
for module in needs:
    if importlib.util.find_spec(module) is None:
        print(f"SKIP: {sys.executable} has no {module}; on Debian and Ubuntu: apt-get install python3-{module}")
        sys.exit(77)

import pytest  # noqa: E402

sys.dont_write_bytecode = True
sys.path.insert(0, str(source / "python"))
here = source / "tests" / "python"
files = [str(here / name) for name in arguments]
sys.exit(
    int(
        pytest.main(
            ["-q", "-rs", "-p", "no:cacheprovider", f"--rootdir={here}", f"--basetemp={os.getcwd()}/made", *files]
        )
    )
)
