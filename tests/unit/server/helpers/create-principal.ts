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
    recipientPolicy: "anyone",
    confirmPolicy: "never",
    ...change,
  };
}

/** A client that is no owner, with a key for every number it was granted. */
export function createPrincipal(change: Partial<Principal> = {}): Principal {
  const { grants = [createGrant()] } = change;
  return {
    keyId: "01900000-0000-7000-8000-00000000000a",
    clientId: "01900000-0000-7000-8000-00000000000b",
    clientName: "shop",
    isOwner: false,
    scopes: [...grants.map(({ waPhoneNumberId }) => `numbers:${waPhoneNumberId}`), "tools:get_messages"],
    rpmLimit: 60,
    limitsKeyId: "00000000-0000-7000-8000-00000000000b",
    expiresAt: null,
    grants,
    ...change,
  };
}
