#!/bin/sh
# Outlives the launcher by a moment, so that nothing else does.
#
# usage: sh watchdog.sh <folder to remove>...
# stdin: one process id per line; the last one counts, an empty line means "none".
#
# The launcher holds the other end of stdin. The kernel closes it however the launcher
# ends, kill -9 included. Then: fast shutdown of the process, and the folders go.
set -u
trap '' INT TERM HUP

pid=
while read -r line; do
  pid=$line
done

# A zombie answers kill -0 for as long as its new parent does not reap it.
running() {
  kill -0 "$pid" 2>/dev/null && ! grep -qs '^State:[[:space:]]*Z' "/proc/$pid/status"
}

if [ -n "$pid" ]; then
  kill -INT "$pid" 2>/dev/null
  rounds=0
  while running; do
    rounds=$((rounds + 1))
    [ "$rounds" -eq 1000 ] && kill -KILL "$pid" 2>/dev/null
    [ "$rounds" -gt 1200 ] && break
    sleep 0.02
  done
fi

# Children of a killed process may still write a last file while the folder goes.
rounds=0
for folder in "$@"; do
  while [ "$rounds" -lt 100 ] && ! rm -rf -- "$folder" 2>/dev/null; do
    rounds=$((rounds + 1))
    sleep 0.02
  done
done
