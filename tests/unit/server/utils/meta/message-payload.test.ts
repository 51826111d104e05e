import { describe, expect, it } from "vitest";
import { buildMessagePayload, TEXT_BODY_LIMIT } from "#server/utils/meta/message-payload";

const input = {
  address: { kind: "phone", value: "16505551234" },
  type: "text",
  content: { body: "Hi", preview_url: false },
  replyToWamid: undefined,
  callbackId: "our-id",
} as const;

describe("buildMessagePayload", () => {
  it("builds the body for a phone number, always with a plus sign", () => {
    expect(buildMessagePayload(input)).toEqual({
      messaging_product: "whatsapp",
      recipient_type: "individual",
      to: "+16505551234",
      type: "text",
      text: { body: "Hi", preview_url: false },
      biz_opaque_callback_data: "our-id",
    });
  });

  it("writes to a user id by `recipient` and leaves `to` out, which would win", () => {
    const payload = buildMessagePayload({ ...input, address: { kind: "bsuid", value: "US.1349" } });
    expect(payload.recipient).toBe("US.1349");
    expect(payload).not.toHaveProperty("to");
  });

  it("quotes a message", () => {
    expect(buildMessagePayload({ ...input, replyToWamid: "wamid.Q" }).context).toEqual({
      message_id: "wamid.Q",
    });
    expect(buildMessagePayload(input)).not.toHaveProperty("context");
  });

  it("puts the content under the name of its type", () => {
    const content = { latitude: 1, longitude: 2 };
    const payload = buildMessagePayload({ ...input, type: "location", content });
    expect(payload).toMatchObject({ type: "location", location: content });
    expect(payload).not.toHaveProperty("text");
  });

  it("knows Meta's limit for a text", () => {
    expect(TEXT_BODY_LIMIT).toBe(4096);
  });
});
