#!/usr/bin/env bash
# docs/screenshots.sh [FOLDER]: the pictures of report.md, docs/report.png and docs/report-narrow.png.
#
# Runs examples/radiation.cfg with tracks in FOLDER (default: runs/screenshots) unless a run is there, analyses it, makes its
# report and photographs the page with Chromium. Needs `quickstart build`, python3-matplotlib and chromium; about five
# minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
dwell=${DWELL:-build/dwell}
folder=${1:-runs/screenshots}

if [[ ! -e $folder/config.cfg ]]; then
  "$dwell" run examples/radiation.cfg --set "output=$folder" --set analysis.tracks=128
fi
"$dwell" analyse "$folder" --eta 1e6 --lambda 0.1 --temperature 1
"$dwell" report "$folder"
page=$(cd "$folder" && pwd -P)/report.html

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
    picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(sys.argv[2], optimize=True)' \
    "$profile/shot.png" "$picture"
  ls -l "$picture"
}

photograph docs/report.png 1200 1750 "$page"
# The narrow one shows the section of the waves alone.
/usr/bin/python3 -c 'import re, sys
page = open(sys.argv[1], encoding="utf-8").read()
print(re.sub(r"<section id=\"(?!waves)[^\"]*\">.*?</section>|<dl.*?</dl>|<header>.*?</header>", "", page, flags=re.DOTALL))' \
  "$page" >"$profile/waves.html"
photograph docs/report-narrow.png 420 1750 "$profile/waves.html" --blink-settings=preferredColorScheme=0
