#!/bin/sh
# Gets the edge's certificate and keeps it fresh; the command of the Compose service certbot.
#
#   certificate.sh run     a placeholder if there is nothing, then asks for a certificate and renews it for ever
#   certificate.sh renew   asks for a certificate, or renews it when it has less than a third of its time left; once
#
#   DOMAIN              the name: wa.example.com
#   ACME_EMAIL          whom the authority may write to; empty: no authority is asked, the placeholder stays
#   ACME_SERVER         another authority than Let's Encrypt, such as its staging one; optional
#   CERTIFICATE_FILE    key and chain in one file; default /certificates/certificate.pem
#   ACME_DIR            where certbot keeps its account and certificates; default /etc/letsencrypt
#   ACME_WEBROOT        what nginx serves under /.well-known/acme-challenge/; default /acme
#   RENEW_EVERY_S       default 43200 (twice a day)
#
# nginx notices a new file by itself (deploy/nginx/start.sh).
set -eu
umask 077

certificate=${CERTIFICATE_FILE:-/certificates/certificate.pem}
acme_dir=${ACME_DIR:-/etc/letsencrypt}
webroot=${ACME_WEBROOT:-/acme}
renew_every_s=${RENEW_EVERY_S:-43200}
# The authority allows five failed attempts an hour.
retry_after_s=1800
# nginx waits for the placeholder, and has to answer the challenge.
first_after_s=20
lineage=wamcp

say() {
  printf 'certificate: %s\n' "$1" >&2
}

require_domain() {
  case "${DOMAIN:-}" in
    '' | *[!A-Za-z0-9.-]*)
      say "DOMAIN must be a host name"
      exit 2
      ;;
  esac
}

# So that nginx can start and answer the authority's challenge. Nobody trusts it, Meta included.
place_placeholder() {
  [ ! -s "$certificate" ] || return 0
  work=$(mktemp -d)
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=$DOMAIN" \
    -addext "subjectAltName=DNS:$DOMAIN" -keyout "$work/privkey.pem" -out "$work/fullchain.pem" 2>/dev/null
  install_from "$work"
  rm -r "$work"
  say "a self-signed placeholder is in place until the authority has answered"
}

# By a rename, because nginx may read at any moment; and not without need, because nginx reloads when the file changes.
install_from() {
  cat "$1/privkey.pem" "$1/fullchain.pem" >"$certificate.new" || return 1
  if cmp -s "$certificate.new" "$certificate"; then
    rm "$certificate.new"
  else
    mv "$certificate.new" "$certificate"
    say "a certificate from $1 is in place"
  fi
}

renew() {
  if [ -z "${ACME_EMAIL:-}" ]; then
    say "ACME_EMAIL is empty: no authority is asked"
    return 0
  fi
  certbot certonly --non-interactive --agree-tos --email "$ACME_EMAIL" ${ACME_SERVER:+--server "$ACME_SERVER"} \
    --config-dir "$acme_dir" --webroot --webroot-path "$webroot" --cert-name "$lineage" --domain "$DOMAIN" \
    --key-type ecdsa --keep-until-expiring || return 1
  install_from "$acme_dir/live/$lineage"
}

# Ends at once when it is told to, also in the middle of a pause.
pause() {
  sleep "$1" &
  wait $!
}

run() {
  trap 'exit 0' TERM INT
  place_placeholder
  pause "$first_after_s"
  while :; do
    if renew; then pause "$renew_every_s"; else
      say "no certificate was issued; the one in place stays. The next attempt is in $retry_after_s s"
      pause "$retry_after_s"
    fi
  done
}

case "${1:-}" in
  run | renew)
    require_domain
    "$1"
    ;;
  -h | --help)
    sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//'
    ;;
  *)
    say "run or renew; --help says more"
    exit 2
    ;;
esac
