import { describe, expect, it } from "vitest";
import { changesResourceList } from "#server/utils/mcp/changes-resource-list";
import { createGrant, createPrincipal } from "../../helpers/create-principal";

const OWN = createGrant({ phoneNumberId: "id-1", waPhoneNumberId: "101" });
const ALL = createGrant({ phoneNumberId: "id-2", waPhoneNumberId: "102", visibility: "all" });
const principal = createPrincipal({ clientId: "a", grants: [OWN, ALL] });
const news = (phoneNumberId: string, ownerClientId: string | null, formerClientId: string | null = null) => ({
  phoneNumberId,
  ownerClientId,
  formerClientId,
});

describe("changesResourceList", () => {
  it("says yes to a conversation that is the client's own, or was", () => {
    expect(changesResourceList(principal, news("id-1", "a"))).toBe(true);
    expect(changesResourceList(principal, news("id-1", "b", "a"))).toBe(true);
  });

  it("says no to another's, or nobody's, on a number seen as own", () => {
    expect(changesResourceList(principal, news("id-1", "b"))).toBe(false);
    expect(changesResourceList(principal, news("id-1", null))).toBe(false);
    expect(changesResourceList(principal, news("id-1", "b", "c"))).toBe(false);
  });

  it("says yes to everybody's on a number seen as all, and no to any on another number", () => {
    for (const owner of ["a", "b", null]) {
      expect(changesResourceList(principal, news("id-2", owner))).toBe(true);
      expect(changesResourceList(principal, news("id-3", owner))).toBe(false);
    }
  });

  it("says yes when some may have been missed, to a key that has a list", () => {
    expect(changesResourceList(principal, undefined)).toBe(true);
    const mute = createPrincipal({ clientId: "a", grants: [ALL], scopes: ["numbers:102", "tools:ping"] });
    expect(changesResourceList(mute, undefined)).toBe(false);
    expect(changesResourceList(mute, news("id-2", "a"))).toBe(false);
  });
});
