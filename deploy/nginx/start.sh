#!/bin/sh
# Runs nginx with the configuration in this folder; the command of the Compose service nginx.
#
#   start.sh            runs it
#   start.sh --check    only says whether nginx can use it
#
#   DOMAIN      the name under which the servers are reached: wa.example.com
#   APP         where they listen, as host:port, several parted by spaces; a name may stand for many. Default app:3000
#   META_MTLS   on: POST /webhook/meta needs Meta's client certificate; off (default)
#   EDGE_DIR    where the configuration in use and the pid go; default /tmp/nginx
#   BODY_DIR    where bodies wait that are too large for memory; default `temporary` in EDGE_DIR. On another file system than
#               EDGE_DIR they cannot keep a reload from writing its few files
#
# It waits for /certificates/certificate.pem (deploy/certbot) and for a server's name to mean something, runs nginx, and reloads it
# when either has changed. It ends when nginx does.
set -eu

case "${1:-}" in
  -h | --help)
    sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//'
    exit 0
    ;;
  '' | --check) ;;
  *)
    echo "edge: $1 is unknown; see --help" >&2
    exit 2
    ;;
esac

source_dir=$(cd "$(dirname "$0")" && pwd)
edge_dir=${EDGE_DIR:-/tmp/nginx}
body_dir=${BODY_DIR:-$edge_dir/temporary}
certificate=/certificates/certificate.pem
check_every_s=2
# Calls get this long when the container is stopped; Docker kills after stop_grace_period (10 s unless it says otherwise).
stop_after_s=8

say() {
  printf 'edge: %s\n' "$1" >&2
}

prepare() {
  case "${DOMAIN:-}" in
    '' | *[!A-Za-z0-9.-]*)
      say "DOMAIN must be a host name"
      exit 2
      ;;
  esac
  case "${META_MTLS:=off}" in
    on | off) ;;
    *)
      say "META_MTLS must be on or off"
      exit 2
      ;;
  esac
  mkdir -p "$edge_dir/generated" "$body_dir"
  # nginx.conf knows it by one name.
  [ "$body_dir" = "$edge_dir/temporary" ] || ln -sfn "$body_dir" "$edge_dir/temporary"
  cp -R "$source_dir/nginx.conf" "$source_dir/conf.d" "$source_dir/includes" "$edge_dir/"
  printf 'server_name %s;\n' "$DOMAIN" >"$edge_dir/generated/server-name.conf"
  # shellcheck disable=SC2016 # $meta_mtls is nginx's.
  printf 'set $meta_mtls %s;\ninclude includes/meta-mtls-%s.conf;\n' "$META_MTLS" "$META_MTLS" \
    >"$edge_dir/generated/meta-mtls.conf"
}

run_nginx() {
  nginx -p "$edge_dir/" -c nginx.conf "$@"
}

# Writes down where the servers are now; fails, and changes nothing, when none is known.
find_servers() {
  for server in ${APP:-app:3000}; do
    # Alpine's getent knows no ahostsv4.
    { getent ahostsv4 "${server%:*}" || getent hosts "${server%:*}" || true; } 2>/dev/null |
      awk -v port="${server##*:}" '$1 !~ /:/ { print "server " $1 ":" port " max_fails=0;" }'
  done | sort -u >"$edge_dir/generated/servers.new"
  [ -s "$edge_dir/generated/servers.new" ] || return 1
  mv "$edge_dir/generated/servers.new" "$edge_dir/generated/servers.conf"
}

# What nginx has to be told of when it becomes another.
describe() {
  cksum "$certificate" "$edge_dir/generated/servers.conf" 2>/dev/null || true
}

# nginx goes on with new workers; the old ones finish their calls.
reload_if_changed() {
  find_servers || true
  [ "$(describe)" != "$loaded" ] || return 0
  # Once, whatever comes of it: something bad would be complained of for ever.
  loaded=$(describe)
  if run_nginx -t -q; then
    run_nginx -s reload
    say "reloaded: the certificate or the servers' addresses are new"
  else
    say "the new certificate or servers cannot be used; nginx goes on with the old ones"
  fi
}

# In the background, because a trap waits for what runs in front.
pause() {
  sleep "$1" &
  pausing=$!
  wait "$pausing" || true
}

stop() {
  trap '' TERM QUIT INT
  kill "$pausing" 2>/dev/null || true
  kill -QUIT "$nginx" 2>/dev/null || true
  (sleep "$stop_after_s" && kill -TERM "$nginx" 2>/dev/null) &
  impatience=$!
  wait "$nginx" || true
  kill "$impatience" 2>/dev/null || true
  exit 0
}

pausing=
trap 'exit 0' TERM QUIT INT
prepare
if [ "${1:-}" = --check ]; then
  find_servers || echo 'server 127.0.0.1:3000;' >"$edge_dir/generated/servers.conf"
  run_nginx -t
  exit
fi
until [ -s "$certificate" ] && find_servers; do
  say "waiting for $certificate and for ${APP:-app:3000}"
  pause 1
done
loaded=$(describe)
# Not through run_nginx: $! would be a shell's.
nginx -p "$edge_dir/" -c nginx.conf -g 'daemon off;' &
nginx=$!
trap stop TERM QUIT INT
while kill -0 "$nginx" 2>/dev/null; do
  pause "$check_every_s"
  reload_if_changed
done
wait "$nginx"
