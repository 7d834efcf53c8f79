"""check_export.py FILE: the grid of test_post_export.c as PTArcade would read it.

Reads names with asstr(), start and step of each, the array whole, and interpolates linearly along one axis after the
other, the frequency last and for many frequencies at once. Exit codes: 0 right, 1 wrong, 77 no numpy or h5py.
"""
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    sys.exit(77)


def interpolate(axes, data):
    """axes: (start, step, value) of each axis of data, value a number or, for the last, an array."""
    if not axes:
        return data
    start, step, value = axes[0]
    part, whole = np.modf((value - start) / step)
    index = whole.astype(int)
    return (1 - part) * interpolate(axes[1:], data[index]) + part * interpolate(axes[1:], data[index + 1])


faults = []
with h5py.File(sys.argv[1], "r") as file:
    names = [name for name in file["parameter_names"].asstr()[:]]
    if names != ["log10_T", "log10_sigma", "f"]:
        faults.append(f"names are {names}")
    string = h5py.check_string_dtype(file["parameter_names"].dtype)
    if string is None or string.encoding != "utf-8" or string.length is not None:
        faults.append(f"names are stored as {string}")
    axes = {name: (file[name][0], file[name][1]) for name in names}
    spectrum = np.array(file["spectrum"])
    for name in names:
        if file[name].shape != (2,) or file[name].dtype != np.float64:
            faults.append(f"axis {name} is {file[name]}")
    if spectrum.shape != (3, 4, 50) or spectrum.dtype != np.float64:
        faults.append(f"spectrum is {spectrum.shape}, {spectrum.dtype}")
    if "format_version" not in file.attrs or "description" not in file.attrs:
        faults.append("no provenance")

f = np.array([1.1e-9, 2e-9, 7.77e-9, 5e-8])
for temperature in (-2.0, -1.3, -0.55):
    for sigma in (15.0, 15.9):
        values = {"log10_T": np.float64(temperature), "log10_sigma": np.float64(sigma), "f": np.log10(f)}
        got = 10 ** interpolate([(*axes[name], values[name]) for name in names], spectrum)
        expected = 10 ** (-9.0 - 4.0 * temperature + 2.0 * (sigma - 15.0) - 1.5 * (np.log10(f) + 8.0))
        if not np.allclose(got, expected, rtol=1e-10, atol=0):
            faults.append(f"T {temperature}, sigma {sigma}: {got}, expected {expected}")
print("\n".join(faults))
sys.exit(1 if faults else 0)
