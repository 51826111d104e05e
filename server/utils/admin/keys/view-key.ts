import { describeKeyState, type KeyState } from "../../auth/describe-key-state";
import type { KeyRow } from "./store";

/** A key, as an admin sees it: all but its hash. */
export interface KeyView extends Pick<
  KeyRow,
  | "id"
  | "prefix"
  | "label"
  | "clientId"
  | "scopes"
  | "rpmLimit"
  | "dailyMsgLimit"
  | "pepperVersion"
  | "rotatedFromId"
  | "limitsKeyId"
  | "createdAt"
  | "expiresAt"
  | "revokedAt"
  | "lastUsedAt"
> {
  /** The client's name. */
  readonly client: string;
  /** `disabled`: the key is good, its client is disabled. */
  readonly state: "alive" | KeyState;
}

/** What an admin may see of a key. */
export function viewKey(key: KeyRow, now: Date): KeyView {
  const { hash: _hash, isOwner: _isOwner, disabledAt: _disabledAt, clientName: client, ...shown } = key;
  return { ...shown, client, state: describeKeyState(key, now) ?? "alive" };
}
