#!/bin/sh
# run_clean.sh FOLDER COMMAND...: runs the command in FOLDER, emptied first.
set -eu
folder=$1
shift
rm -rf -- "$folder"
mkdir -p -- "$folder"
cd -- "$folder"
exec "$@"
