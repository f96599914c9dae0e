#!/bin/sh
# Runs one case of tests/cli: the commands of its file "cmd", one a line, in a copy of the case's folder, and compares what
# they print with want.out. UPDATE=1 rewrites want.out instead.
#
#   cli_runner.sh BUILD_FOLDER CASE_FOLDER
#
# The transcript is "$ command", its output (standard error included, in the order written), and "[exit N]" when it is
# not 0. What differs from run to run is replaced: UUIDs, times, the folder, who holds a lock.
set -u
build=$1 case=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/infra-cli.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/home" && cp -R "$case" "$work/case" && cd "$work/case" || exit 1
rm -f want.out cmd
unset $(env | sed -n 's/^\(\(TF\|INFRA\|AWS\)_[A-Za-z0-9_]*\)=.*/\1/p') NO_COLOR 2>/dev/null
export PATH="$build:$PATH" HOME="$work/home" TERM=xterm LC_ALL=C.UTF-8 CASE="$case"

clean() {
    sed -E -e "s#$work/case#CASE#g" -e "s#$work#WORK#g" -e "s#$case#SOURCE#g" \
        -e 's/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/UUID/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z( \([^)]*ago\))?/TIME/g' \
        -e 's/(Who: +).*/\1USER@HOST/' -e 's/ after [0-9hm]*[0-9]+s/ after 0s/'
}

while IFS= read -r line || [ -n "$line" ]; do
    case $line in '' | '#'*) continue ;; esac
    printf '$ %s\n' "$line"
    { sh -c "$line" </dev/null 2>&1; echo "$?" >"$work/code"; } | clean
    [ "$(cat "$work/code")" = 0 ] || printf '[exit %s]\n' "$(cat "$work/code")"
done <"$case/cmd" >"$work/got"

if [ -n "${UPDATE:-}" ]; then
    cp "$work/got" "$case/want.out"
    exit 0
fi
diff -u "$case/want.out" "$work/got"
