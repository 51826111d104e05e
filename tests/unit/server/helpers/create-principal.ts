import type { NumberGrant, Principal } from "#server/utils/auth/principal";

/** A grant of every tool on a number, seen as `own`. */
export function createGrant(change: Partial<NumberGrant> = {}): NumberGrant {
  return {
    phoneNumberId: "01900000-0000-7000-8000-000000000001",
    waPhoneNumberId: "106540352242922",
    displayNumber: "+15550783881",
    label: "Shop",
    quality: null,
    tools: ["*"],
    visibility: "own",
    ...change,
  };
}

/** A client that is no owner, with every number it was granted. */
export function createPrincipal(change: Partial<Principal> = {}): Principal {
  return {
    keyId: "01900000-0000-7000-8000-00000000000a",
    clientId: "01900000-0000-7000-8000-00000000000b",
    clientName: "shop",
    isOwner: false,
    scopes: ["numbers:*", "tools:get_messages"],
    grants: [createGrant()],
    ...change,
  };
}
