# Catches a parameter reference in the documentation that isn't what the program says.
"$DWELL" params --markdown > parameters.md
if ! diff "$DWELL_SOURCE_DIR/docs/parameters.md" parameters.md; then
  echo "docs/parameters.md is out of date: build/dwell params --markdown > docs/parameters.md" >&2
  exit 1
fi
