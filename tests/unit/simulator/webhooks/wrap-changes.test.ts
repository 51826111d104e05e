import { describe, expect, it } from "vitest";
import type { Change } from "#simulator/webhooks/change";
import { wrapChanges } from "#simulator/webhooks/wrap-changes";

const contact = { profile: { name: "Ann" }, wa_id: "16505551234" };

function change(phoneNumberId: string, id: string): Change {
  const value = { metadata: { phone_number_id: phoneNumberId }, contacts: [contact], messages: [{ id }] };
  return { about: "messages", phoneNumberId, field: "messages", value };
}

describe("wrapChanges", () => {
  it("puts one update into Meta's envelope", () => {
    expect(wrapChanges("waba", [change("1", "a")])).toEqual({
      object: "whatsapp_business_account",
      entry: [{ id: "waba", changes: [{ field: "messages", value: change("1", "a").value }] }],
    });
  });

  it("puts several updates into changes or into entries", () => {
    const all = [change("1", "a"), change("1", "b")];
    expect(wrapChanges("waba", all)).toMatchObject({ entry: [{ changes: [{}, {}] }] });
    expect(wrapChanges("waba", all, "entries")).toMatchObject({
      entry: [{ changes: [{}] }, { changes: [{}] }],
    });
  });

  it("merges updates of the same number into one value, the contact once", () => {
    const all = [change("1", "a"), change("2", "b"), change("1", "c")];
    expect(wrapChanges("waba", all, "merged")).toEqual({
      object: "whatsapp_business_account",
      entry: [
        {
          id: "waba",
          changes: [
            {
              field: "messages",
              value: {
                metadata: { phone_number_id: "1" },
                contacts: [contact],
                messages: [{ id: "a" }, { id: "c" }],
              },
            },
            {
              field: "messages",
              value: { metadata: { phone_number_id: "2" }, contacts: [contact], messages: [{ id: "b" }] },
            },
          ],
        },
      ],
    });
    expect(all[0]?.value.messages).toEqual([{ id: "a" }]);
  });
});
