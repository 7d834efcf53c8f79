#!/usr/bin/env bash
# scripts/clean-tree-test.sh FOLDER [COMMAND...]
#
# Clones this repository into a bare Debian tree (scripts/bare-tree.sh) and runs ./quickstart COMMAND in it
# for each COMMAND (run, first-hour and test unless given), printing the time each takes; first-hour builds, and then types
# all commands of docs/first-hour.md. What is committed is tested, not the work tree. Needs root and debootstrap.
set -euo pipefail

if (($# == 0)); then
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=scripts/bare-tree.sh
. "$source/scripts/bare-tree.sh"
need_bare_tree "$0" "$@"
set_bare_tree "$1"
shift
if (($# == 0)); then
  set -- run first-hour test
fi

copy_bare_tree
printf '[safe]\n\tdirectory = *\n' >"$folder/gitconfig" # the repository may belong to another user
GIT_CONFIG_GLOBAL=$folder/gitconfig git clone --quiet --no-local "$source" "$tree/srv/dwell"
mount_bare_tree

# ./quickstart COMMAND, or the tutorial; its build has a time of its own.
follow() {
  if [[ $1 != first-hour ]]; then
    enter /srv/dwell/quickstart "$1"
    return
  fi
  local begin=$SECONDS
  enter /srv/dwell/quickstart build || return
  echo "clean-tree-test: ./quickstart build took $((SECONDS - begin)) s, installing included"
  # shellcheck disable=SC2016
  enter sh -c 'cd /srv/dwell && DWELL_SOURCE_DIR=$PWD exec python3 tests/docs/pages.py --first-hour --here'
}

status=0
for command in "$@"; do
  echo "clean-tree-test: ./quickstart $command"
  begin=$SECONDS
  follow "$command" 2>&1 | tee "$folder/$command.log" && code=0 || code=$?
  took="$((SECONDS - begin)) s"
  echo "clean-tree-test: ./quickstart $command took $took, exit code $code" | tee -a "$folder/times.log"
  ((code == 0)) || status=1
done
exit $status
