import { describe, expect, it } from "vitest";
import { maySeeChange } from "#server/utils/auth/may-see-change";
import type { Change } from "#server/utils/context";
import { createGrant, createPrincipal } from "../../helpers/create-principal";

const OWN = createGrant({ phoneNumberId: "id-1", waPhoneNumberId: "101", tools: ["wait_for_messages"] });
const ALL = createGrant({ phoneNumberId: "id-2", waPhoneNumberId: "102", visibility: "all" });
const principal = createPrincipal({ clientId: "client-a", grants: [OWN, ALL] });
const changeOf = (phoneNumberId: string, ownerClientId: string | null): Change => ({
  seq: 1,
  kind: "message",
  direction: "inbound",
  phoneNumberId,
  conversationId: "c",
  messageId: "m",
  ownerClientId,
});
const sees = (change: Change, tool = "wait_for_messages") => maySeeChange(principal, change, tool);

describe("maySeeChange", () => {
  it("shows its own conversations on a number seen as own, and everybody's on one seen as all", () => {
    expect(sees(changeOf("id-1", "client-a"))).toBe(true);
    for (const owner of ["client-b", null]) {
      expect(sees(changeOf("id-1", owner))).toBe(false);
      expect(sees(changeOf("id-2", owner))).toBe(true);
    }
  });

  it("shows nothing of a number that is not granted, or not with this tool", () => {
    expect(sees(changeOf("id-3", "client-a"))).toBe(false);
    expect(sees(changeOf("id-1", "client-a"), "get_messages")).toBe(false);
    expect(sees(changeOf("id-2", "client-a"), "get_messages")).toBe(true);
  });
});
