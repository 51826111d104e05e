#!/usr/bin/env bash
# Stands for the programs that change a host: remembers what was done in $STATE, and answers questions from there.
set -euo pipefail
name=${0##*/}
case "$name $*" in
  "dpkg-query "*) [[ -e $STATE/packages ]] && printf installed; exit 0 ;;
  "docker compose version" | "docker buildx version") [[ -e $STATE/packages ]]; exit ;;
  "getent "*) [[ -e $STATE/$1-$2 ]]; exit ;;
  "ufw show added") cat "$STATE/rules" 2>/dev/null || true; exit ;;
  "ufw status") [[ -e $STATE/firewall ]] && echo "Status: active"; exit 0 ;;
  "sshd -T") printf 'port 2222\n'; exit ;;
  "sysctl -n "*) cat "$STATE/panic" 2>/dev/null || echo 0; exit ;;
  "systemctl is-"*) [[ -e $STATE/$2-${*: -1} ]] || [[ -e $STATE/$1-${*: -1} ]]; exit ;;
esac
echo "$name $*" >>"$STATE/calls"
case "$name $*" in
  "apt-get install "*) touch "$STATE/packages" ;;
  "groupadd "*) touch "$STATE/group-$2" ;;
  "useradd "*) touch "$STATE/passwd-$2" ;;
  "ufw allow "*) echo "ufw $*" >>"$STATE/rules" ;;
  "ufw --force enable") touch "$STATE/firewall" ;;
  "sysctl -q -p "*) echo 10 >"$STATE/panic" ;;
  "systemctl enable "*) touch "$STATE/is-enabled-${*: -1}" ;;
  "systemctl start "*) touch "$STATE/is-active-${*: -1}" ;;
esac
