#!/usr/bin/env bash
# Usage: update.sh [--no-build]
#
# Replaces the running servers by the release in this folder, one after the other, so that somebody always answers: builds the
# image, migrates the database, starts as many new servers as the Compose files want (APP_REPLICAS), waits until they are healthy,
# and only then stops the old ones, also what an update that was cut off has left. nginx finds the new ones by itself, and Inngest is
# told which functions there are. When a new one does not become healthy, or this is interrupted before all are, the old ones stay
# and the new ones go.
#
#   --no-build   takes the image that is there (APP_IMAGE in .env, already pulled or built)
#
# Run it in the product's folder; .env there says which Compose files make the stack. After a change of docker-compose.yml, nginx
# or PostgreSQL: `docker compose up -d --wait` does the rest.
set -euo pipefail
shopt -s inherit_errexit

HEALTHY_WITHIN_S=120
MIGRATED_WITHIN_S=600

main() {
  case ${1:-} in
    -h | --help) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; exit ;;
    --no-build | '') ;;
    *) fail "unknown argument $1; see --help" ;;
  esac
  cd "$(dirname "$(readlink -f "$0")")/.."
  # On the folder, which a checkout of another release does not replace.
  exec 9<.
  flock --nonblock 9 || fail "another update is under way"
  [[ ${1:-} == --no-build ]] || docker compose build
  local new wanted
  wanted=$(count_wanted)
  # A stopped one would count among those to start, and come back as it was.
  docker compose rm --force app
  OLD=$(docker compose ps --quiet app)
  [[ -n $OLD ]] || fail "no server runs: docker compose up -d --wait"
  # Migrations only add; the old servers go on with the newer schema.
  docker compose up --detach --no-deps --force-recreate migrate
  [[ $(timeout "$MIGRATED_WITHIN_S" docker wait "$(docker compose ps --all --quiet migrate)") == 0 ]] ||
    fail "the database was not migrated (docker compose logs migrate); the old servers go on"
  trap remove_new EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  docker compose up --detach --no-deps --no-recreate --scale "app=$(($(count "$OLD") + wanted))" app ||
    fail "the new servers could not be started; the old ones go on"
  new=$(docker compose ps --quiet app | grep -vxF "$OLD") || fail "the new servers ended; the old ones go on"
  wait_until_healthy "$new" || fail "the new servers did not become healthy; the old ones go on"
  # From here on the new ones serve, whatever happens.
  trap - EXIT HUP INT TERM
  remove "$OLD"
  echo "$(count "$new") servers were replaced"
  docker compose exec -T app node start.mjs sync ||
    fail "Inngest may not know this release's functions: docker compose exec app node start.mjs sync"
}

fail() {
  printf 'update.sh: %s\n' "$*" >&2
  exit 1
}

count() {
  wc -l <<<"$1"
}

# What `docker compose up` would make it.
count_wanted() {
  local wanted
  wanted=$(docker compose config app | awk '/^  [^ ]/ { inside = $1 == "app:" } inside && $1 == "replicas:" { print $2 }')
  [[ $wanted =~ ^[1-9][0-9]*$ ]] || fail "how many servers are wanted? \`docker compose config app\` names no replicas"
  printf '%s\n' "$wanted"
}

wait_until_healthy() {
  local id deadline=$((SECONDS + HEALTHY_WITHIN_S))
  for id in $1; do
    until [[ $(docker inspect --format '{{.State.Health.Status}}' "$id") == healthy ]]; do
      ((SECONDS < deadline)) || return 1
      sleep 1
    done
  done
}

# Whatever was made besides the old ones, whether it runs or not. A second signal does not stop this.
remove_new() {
  local made
  trap '' HUP INT TERM
  made=$(docker compose ps --all --quiet app | grep -vxF "$OLD") || return 0
  remove "$made" || printf 'update.sh: could not be removed: %s\n' "${made//$'\n'/ }" >&2
}

# One after the other: each finishes what it has begun, and hands the rest to those that stay.
remove() {
  local id
  for id in $1; do
    docker stop "$id" >/dev/null
    docker rm "$id" >/dev/null
  done
}

main "$@"
