#!/usr/bin/env bash
# docs/screenshots.sh [FOLDER]: the pictures of report.md, docs/report.png, docs/report-narrow.png and docs/report-scan.png.
#
# Runs examples/radiation.cfg with tracks in FOLDER (default: runs/screenshots) unless a run is there, analyses it, makes its
# report and photographs the page with Chromium; FOLDER-scan is a scan, of a minute, with its emulator. Needs `quickstart build`,
# python3-matplotlib and chromium; about six minutes on two cores. PAGES="scan" makes the scan's picture alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
dwell=${DWELL:-build/dwell}
folder=${1:-runs/screenshots}
pages=${PAGES:-run scan}

profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

# photograph PICTURE WIDTH HEIGHT PAGE OPTION...
photograph() {
  local picture=$1 size=$2,$3 shown=$4
  shift 4
  chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --user-data-dir="$profile" --hide-scrollbars --window-size="$size" --screenshot="$profile/shot.png" "$@" \
    "file://$shown" 2>/dev/null
  # Fewer colours where the slices would make the file large.
  /usr/bin/python3 -c 'import os, sys; from PIL import Image
picture = Image.open(sys.argv[1]).convert("RGB")
picture.save(sys.argv[2], optimize=True)
if os.path.getsize(sys.argv[2]) > 300000:
    picture.quantize(256, method=Image.Quantize[sys.argv[3]], dither=Image.Dither.NONE).save(sys.argv[2], optimize=True)' \
    "$profile/shot.png" "$picture" "${method:-MAXCOVERAGE}"
  ls -l "$picture"
}

# --- a run ---

photograph_run() {
  if [[ ! -e $folder/config.cfg ]]; then
    "$dwell" run examples/radiation.cfg --set "output=$folder" --set analysis.tracks=128
  fi
  "$dwell" analyse "$folder" --eta 1e6 --lambda 0.1 --temperature 1
  "$dwell" report "$folder"
  page=$(cd "$folder" && pwd -P)/report.html
  photograph docs/report.png 1200 1750 "$page"
  # The narrow one shows the section of the waves alone.
  /usr/bin/python3 -c 'import re, sys
page = open(sys.argv[1], encoding="utf-8").read()
print(re.sub(r"<section id=\"(?!waves)[^\"]*\">.*?</section>|<dl.*?</dl>|<header>.*?</header>", "", page, flags=re.DOTALL))' \
    "$page" >"$profile/waves.html"
  photograph docs/report-narrow.png 420 1750 "$profile/waves.html" --blink-settings=preferredColorScheme=0
}

# --- a scan ---

# A grid of equation of state and cut-off of the start, every fifth point a check.
write_scan() {
  mkdir -p "$folder-scan"
  cat >"$folder-scan/base.cfg" <<'TEXT'
name = "start and expansion";
lattice = { points = 64; length = 10.0; stencil = 2; };
time = { end = 4.5; step = 0.25; };
cosmology = { background = "power-law"; w = 0.3333333333; hubble_start = 1.0; };
fields = { potential = "double-well"; s = 1.0;
           initial = { kind = "white-noise"; rms = 0.2; cutoff = 4.2; cutoff_width = 0.3; }; };
gw = { enabled = true; coarsening = 2; };
analysis = { interval = 0.25; spectra_interval = 0.25; };
store = { slices = 0.0; checkpoint_minutes = 0.0; };
TEXT
  cat >"$folder-scan/scan.cfg" <<TEXT
base = "base.cfg";
output = "$folder-scan/scan";
design = "grid";
seeds = 4;
realisations = "own";
blind_every = 5;
parameters = ( { key = "cosmology.w"; min = 0.1; max = 0.6; points = 7; },
               { key = "fields.initial.cutoff"; min = 3.0; max = 6.0; points = 7; scale = "log"; } );
TEXT
}

photograph_scan() {
  local restart=(--restart)
  if [[ ! -e $folder-scan/scan/dataset.h5 ]]; then
    write_scan
    restart=()
  fi
  "$dwell" scan "$folder-scan/scan.cfg" --quiet "${restart[@]}"
  "$dwell" report "$folder-scan/scan" --train
  # The part about the emulator, with two of the plots along parameters.
  /usr/bin/python3 -c 'import re, sys
page = open(sys.argv[1], encoding="utf-8").read()
page = re.sub(r"<section id=\"(?!emulator|lines)[^\"]*\">.*?</section>", "", page, flags=re.DOTALL)
keep = ("emulated_etc-value_cosmology-w", "emulated_gw-drho_dlnk_fields-initial-cutoff")
print(re.sub(r"<figure id=\"(emulated_[^\"]*)\">.*?</figure>", lambda f: f[0] if f[1] in keep else "", page, flags=re.DOTALL))' \
    "$folder-scan/scan/report.html" >"$profile/scan.html"
  method=MEDIANCUT photograph docs/report-scan.png 1200 2950 "$profile/scan.html"
}

for name in $pages; do
  "photograph_$name"
done
