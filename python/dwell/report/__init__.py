"""The report of runs and scans: plots and one HTML page. `python3 -m dwell.report` is what `dwell report` runs."""
