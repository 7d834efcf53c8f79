#!/usr/bin/env bash
# complete.sh COMPLETION PROGRAM LINE: what bash would offer after "dwell LINE", sorted. Words are parted as readline
# does it, with = a word of its own.
set -u
# shellcheck source=packaging/bash/dwell
. "$1"
compopt() { :; }
line=$3
COMP_WORDS=("$2")
rest=$line
while [[ -n $rest ]]; do
  [[ $rest =~ ^(\ +)?(=|[^\ =]+)?(.*)$ ]]
  [[ -n ${BASH_REMATCH[2]} ]] && COMP_WORDS+=("${BASH_REMATCH[2]}")
  rest=${BASH_REMATCH[3]}
done
# After a space a new word begins.
[[ -n $line && $line != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_dwell
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}" | sort
