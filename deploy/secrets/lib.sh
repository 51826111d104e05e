# Sourced by the scripts beside it. The secrets are lines `name=value`, in one encrypted file: SOPS keeps it as YAML with
# readable names (secrets.enc.yaml), age alone as a whole (secrets.age). Values never are arguments of a process.
# shellcheck shell=bash
# Variables are used by who sources this.
# shellcheck disable=SC2034

# shellcheck source=../common.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../common.sh"

CONFIG_DIR=${WAMCP_CONFIG_DIR:-/etc/whatsapp-mcp}
AGE_KEY=${WAMCP_AGE_KEY:-$CONFIG_DIR/age.key}
RECIPIENTS=${WAMCP_RECIPIENTS:-$CONFIG_DIR/recipients.txt}
RUN_DIR=${WAMCP_RUN_DIR:-/run/wamcp}
SETTINGS_FILE=${WAMCP_INSTALL_DIR:-$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../..}/.env
NAMES_FILE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/names

# What .env says where the environment does not: the unit passes .env on, and a command by hand has to come to the same.
read_setting() {
  local value=${!1:-}
  [[ -n $value || ! -r $SETTINGS_FILE ]] || value=$(sed -n "s/^$1=//p" "$SETTINGS_FILE" | tail -n 1)
  printf '%s' "${value:-$2}"
}

# The names in their order, who reads each, and how it comes to be.
NAMES=()
declare -A READER=() MADE=()
while read -r name reader made; do
  [[ $name == '#'* ]] || { NAMES+=("$name"); READER[$name]=$reader MADE[$name]=$made; }
done <"$NAMES_FILE"

is_kept() {
  [[ -n $1 && -n ${MADE[$1]:-} && ${MADE[$1]} != postgres://* ]]
}

secrets_file() {
  local sops=$CONFIG_DIR/secrets.enc.yaml age=$CONFIG_DIR/secrets.age
  if [[ -n ${WAMCP_SECRETS_FILE:-} ]]; then echo "$WAMCP_SECRETS_FILE"; return; fi
  [[ -e $sops && -e $age ]] && fail "there are both $sops and $age: remove the one that is not in use"
  if [[ -e $sops ]]; then echo "$sops"
  elif [[ -e $age ]] || ! command -v sops >/dev/null; then echo "$age"
  else echo "$sops"
  fi
}

# Whoever can read the key can read every secret, so nobody but its owner may.
check_key() {
  [[ -f $AGE_KEY ]] || fail "the age key $AGE_KEY is missing"
  local owner mode
  read -r owner mode < <(stat -L -c '%u %a' "$AGE_KEY")
  [[ $owner == 0 || $owner == "$EUID" ]] || fail "$AGE_KEY belongs to another user: chown root $AGE_KEY"
  [[ $mode == 400 || $mode == 600 ]] || fail "$AGE_KEY may be read by others (mode $mode): chmod 600 $AGE_KEY"
}

# Writes the secrets as lines to stdout.
read_secrets() {
  local file
  file=$(secrets_file)
  [[ -e $file ]] || fail "there are no secrets yet: run \`secrets generate\`"
  check_key
  if [[ $file == *.age ]]; then
    need age
    age --decrypt --identity "$AGE_KEY" "$file" || fail "$file cannot be opened with $AGE_KEY"
  else
    need sops
    SOPS_AGE_KEY_FILE=$AGE_KEY sops --decrypt --input-type yaml --output-type dotenv "$file" ||
      fail "$file cannot be opened with $AGE_KEY"
  fi
}

# Replaces the encrypted file by the lines on stdin; whatever fails, the old file stays.
write_secrets() (
  local file recipients new
  file=$(secrets_file)
  [[ -s $RECIPIENTS ]] || fail "$RECIPIENTS is missing: one age public key per line, the host's and the owner's"
  new=$(mktemp "$file.XXXXXX")
  # shellcheck disable=SC2064 # The name as it is now.
  trap "rm -f '$new'" EXIT
  if [[ $file == *.age ]]; then
    need age
    age --encrypt --armor --recipients-file "$RECIPIENTS" >"$new" || fail "age could not encrypt"
  else
    need sops
    recipients=$(grep -o '^age1[a-z0-9]*' "$RECIPIENTS" | paste -sd,)
    sops --encrypt --age "$recipients" --input-type dotenv --output-type yaml /dev/stdin >"$new" ||
      fail "sops could not encrypt"
  fi
  [[ -s $new ]] || fail "nothing was encrypted"
  chmod 600 "$new"
  sync "$new"
  mv "$new" "$file"
)

# The value of one name among the lines given.
value_of() {
  local line
  while IFS= read -r line; do
    [[ ${line%%=*} == "$2" ]] && { printf '%s' "${line#*=}"; return; }
  done <<<"$1"
  return 0
}

# The lines given, with one value replaced or added.
with_value() {
  local line found=
  while IFS= read -r line; do
    [[ -z $line ]] && continue
    if [[ ${line%%=*} == "$2" ]]; then found=1; line=$2=$3; fi
    printf '%s\n' "$line"
  done <<<"$1"
  [[ -n $found ]] || printf '%s\n' "$2=$3"
}

# Fails unless the lines have the form `name=value`, with known names, each once.
check_lines() {
  local line name seen=' '
  while IFS= read -r line; do
    [[ -z $line ]] && continue
    name=${line%%=*}
    [[ $line == *=* ]] || fail "a line has no '=' (values have no line breaks)"
    is_kept "$name" || fail "\"$name\" is not the name of a secret; $NAMES_FILE lists them"
    [[ $seen != *" $name "* ]] || fail "\"$name\" is there twice"
    seen+="$name "
  done <<<"$1"
}

random_value() {
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

# A new folder that is never written to disk, for its owner only.
make_memory_folder() {
  local parent
  for parent in "$RUN_DIR" /dev/shm; do
    [[ -d $parent && -w $parent && $(stat -f -c %T "$parent") == @(tmpfs|ramfs) ]] || continue
    mktemp -d "$parent/secrets.XXXXXX"
    return
  done
  fail "there is no folder in memory (tmpfs): neither $RUN_DIR nor /dev/shm"
}
