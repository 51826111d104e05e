#!/usr/bin/env bash
# Stands for docker with one server, `old`. $STATE/servers has the servers that there are; $STATE/health and $STATE/up say how the new
# one does, $STATE/sync whether it can tell Inngest, and with $STATE/interrupt the process of that file is told to end while the new one starts.
set -euo pipefail
case "$*" in
  "compose ps --quiet app" | "compose ps --all --quiet app") cat "$STATE/servers" ;;
  "compose ps --all --quiet migrate") echo migration ;;
  "wait migration") echo 0 ;;
  "compose up "*" app")
    echo new >>"$STATE/servers"
    exit "$(cat "$STATE/up" 2>/dev/null || echo 0)" ;;
  "compose exec -T app node start.mjs sync")
    echo sync >>"$STATE/calls"
    exit "$(cat "$STATE/sync" 2>/dev/null || echo 0)" ;;
  "inspect "*)
    [[ ! -e $STATE/interrupt ]] || kill -TERM "$(<"$STATE/interrupt")"
    cat "$STATE/health" 2>/dev/null || echo healthy ;;
  "stop "* | "rm "*)
    [[ $1 == stop ]] || sed -i "/^${*: -1}\$/d" "$STATE/servers" ;;
esac
