import { hashSigningKey } from "./hash-signing-key";

/** The header with which Inngest's API is called: the hash behind the key's prefix. */
export function authorizeCall(signingKey: string): Record<string, string> {
  const prefix = /^signkey-\w+-/.exec(signingKey)?.[0] ?? "";
  return { authorization: `Bearer ${prefix}${hashSigningKey(signingKey)}` };
}
