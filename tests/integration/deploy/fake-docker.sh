#!/usr/bin/env bash
# Stands for docker. $STATE/servers has the servers that there are and $STATE/replicas how many are wanted; $STATE/health and $STATE/up say
# how the new ones do, $STATE/sync whether they can tell Inngest, and with $STATE/interrupt the process of that file is told to end
# while they start.
set -euo pipefail
case "$*" in
  "compose config app")
    printf '%s\n' 'services:' '  postgres:' '    deploy:' '      replicas: 7' '  app:' '    deploy:' \
      "      replicas: $(cat "$STATE/replicas" 2>/dev/null || echo 1)" '  nginx:' '    image: nginx' ;;
  "compose ps --quiet app" | "compose ps --all --quiet app") cat "$STATE/servers" ;;
  "compose rm --force app") sed -i '/^stopped/d' "$STATE/servers" ;;
  "compose ps --all --quiet migrate") echo migration ;;
  "wait migration") echo 0 ;;
  "compose up "*" app")
    [[ $* =~ --scale\ app=([0-9]+) ]]
    for ((number = $(wc -l <"$STATE/servers") + 1; number <= BASH_REMATCH[1]; number++)); do
      echo "new$number" >>"$STATE/servers"
    done
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
