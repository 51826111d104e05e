import { describe, expect, it } from "vitest";
import { readIdentityChange } from "#server/utils/meta/identity-change";
import type { JsonObject } from "#server/utils/meta/json";

const change = (system: JsonObject, message: JsonObject = {}) =>
  readIdentityChange({ type: "system", system, ...message });
const waId = (value: string) => ({ kind: "wa_id", value });
const bsuid = (value: string) => ({ kind: "bsuid", value });
const parent = (value: string) => ({ kind: "parent_bsuid", value });

describe("readIdentityChange", () => {
  it("reads a changed number, in the forms of this and older years", () => {
    const expected = { old: [waId("1")], new: [waId("2")] };
    expect(change({ type: "user_changed_number", wa_id: "2" }, { from: "1" })).toEqual(expected);
    expect(change({ type: "customer_changed_number", new_wa_id: 2, customer: 1 })).toEqual(expected);
  });

  it("reads a changed user id, whose sentence and author may be missing", () => {
    const system = {
      type: "user_changed_user_id",
      user_id: "US.2",
      previous_user_id: "US.1",
      parent_user_id: "US.ENT.2",
      previous_parent_user_id: "US.ENT.1",
    };
    expect(change(system)).toEqual({
      old: [bsuid("US.1"), parent("US.ENT.1")],
      new: [bsuid("US.2"), parent("US.ENT.2")],
    });
  });

  it("reads the older draft, in which the plain id is the old one", () => {
    expect(change({ type: "user_changed_user_id", user_id: "US.1", new_user_id: "US.2" })).toEqual({
      old: [bsuid("US.1")],
      new: [bsuid("US.2")],
    });
  });

  it("takes no new name for an old one", () => {
    expect(change({ type: "user_changed_number", wa_id: "2" }, { from: "2", from_user_id: "US.1" })).toEqual({
      old: [bsuid("US.1")],
      new: [waId("2")],
    });
  });

  it("believes fields only: the sentence holds a name that the person chose", () => {
    const body = "User 1 changed from 16505551111 to 16505552222";
    expect(change({ type: "user_changed_number", body }, { from: "1" })).toBeUndefined();
  });

  it("sees none in anything else", () => {
    expect(change({ type: "customer_identity_changed", wa_id: "2" }, { from: "1" })).toBeUndefined();
    expect(
      readIdentityChange({ type: "text", system: { type: "user_changed_number", wa_id: "2" } }),
    ).toBeUndefined();
    for (const odd of [null, 7, "text", [], {}])
      expect(readIdentityChange({ type: "system", system: odd })).toBeUndefined();
  });
});
