/** How the shim acts as a Claude Code channel. */
export interface ChannelSettings {
  /** Contacts whose messages are pushed, by contact_id; `*` for everyone's. */
  readonly allow: ReadonlySet<string> | "*";
  /** Meta's id of the number that the channel is for; all of the key's without it. */
  readonly number?: string;
  /** The contact who is asked for permissions; nobody without it. */
  readonly owner?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const CONTACT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NUMBER_ID = /^\d{1,32}$/;

/**
 * Reads the WAMCP_CHANNEL* settings; `undefined` when there is to be no channel. Throws an Error that says
 * what to do when they cannot be used; it repeats no value, for that may be a phone number.
 */
export function readChannelSettings(
  env: Environment,
  log: (line: string) => void,
): ChannelSettings | undefined {
  const isOn = readSwitch(env, "WAMCP_CHANNEL");
  const relaysPermissions = readSwitch(env, "WAMCP_CHANNEL_PERMISSIONS");
  if (!isOn) {
    if (relaysPermissions) throw new Error("WAMCP_CHANNEL_PERMISSIONS needs WAMCP_CHANNEL=1.");
    return undefined;
  }
  const allow = readAllowlist(env);
  if (allow !== "*" && allow.size === 0) {
    log("There is no channel, because WAMCP_CHANNEL_ALLOW names nobody whose messages may be pushed.");
    return undefined;
  }
  const number = env.WAMCP_CHANNEL_NUMBER?.trim() || undefined;
  if (number !== undefined && !NUMBER_ID.test(number)) {
    throw new Error("WAMCP_CHANNEL_NUMBER is not a phone_number_id, Meta's id of one of our numbers.");
  }
  const owner = relaysPermissions ? readOwner(env, allow) : undefined;
  return { allow, ...(number !== undefined && { number }), ...(owner !== undefined && { owner }) };
}

function readSwitch(env: Environment, name: string): boolean {
  const value = env[name]?.trim() ?? "";
  if (value !== "" && value !== "0" && value !== "1") throw new Error(`${name} is neither 1 nor 0.`);
  return value === "1";
}

function readAllowlist(env: Environment): ReadonlySet<string> | "*" {
  const entries = (env.WAMCP_CHANNEL_ALLOW ?? "")
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "");
  if (entries.includes("*")) return "*";
  // A message says who sent it by contact_id only, so nothing else could be checked.
  if (!entries.every((entry) => CONTACT_ID.test(entry))) {
    throw new Error("WAMCP_CHANNEL_ALLOW takes contact_ids parted by commas, or * for everyone.");
  }
  return new Set(entries);
}

function readOwner(env: Environment, allow: ReadonlySet<string> | "*"): string {
  const owner = env.WAMCP_CHANNEL_OWNER?.trim().toLowerCase() ?? "";
  if (!CONTACT_ID.test(owner)) {
    throw new Error("WAMCP_CHANNEL_PERMISSIONS needs WAMCP_CHANNEL_OWNER, the contact_id of who is asked.");
  }
  if (allow !== "*" && !allow.has(owner)) {
    throw new Error("WAMCP_CHANNEL_OWNER must be on WAMCP_CHANNEL_ALLOW.");
  }
  return owner;
}
