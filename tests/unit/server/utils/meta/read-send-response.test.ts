import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSendResponse } from "#server/utils/meta/read-send-response";

const read = (httpStatus: number, body: unknown, traceId?: string, more: Record<string, string> = {}) =>
  readSendResponse(
    httpStatus,
    typeof body === "string" ? body : JSON.stringify(body),
    new Headers({ ...more, ...(traceId ? { "x-fb-trace-id": traceId } : {}) }),
  );

const ACCEPTED = {
  messaging_product: "whatsapp",
  contacts: [{ input: "+16505551234", wa_id: "16505551234" }],
  messages: [{ id: "wamid.HBgL", message_status: "accepted" }],
};

describe("readSendResponse", () => {
  it("reads an acceptance, and the address as Meta knows it", () => {
    expect(read(200, ACCEPTED, "trace")).toEqual({
      kind: "accepted",
      wamid: "wamid.HBgL",
      waId: "16505551234",
      traceId: "trace",
    });
  });

  it("reads an acceptance of a send to a user id, which names no phone", () => {
    const contacts = [{ input: "US.1349", user_id: "US.1349" }];
    expect(read(200, { ...ACCEPTED, contacts })).toEqual({
      kind: "accepted",
      wamid: "wamid.HBgL",
      userId: "US.1349",
    });
    expect(read(200, { ...ACCEPTED, contacts: [{ wa_id: "" }] })).toEqual({
      kind: "accepted",
      wamid: "wamid.HBgL",
    });
    expect(read(200, { messages: [{ id: 12 }] })).toEqual({ kind: "accepted", wamid: "12" });
  });

  it("believes an acceptance that names an error of null", () => {
    expect(read(200, { ...ACCEPTED, error: null })).toMatchObject({ kind: "accepted", wamid: "wamid.HBgL" });
  });

  it("reads a refusal with Meta's own trace id before the header's", () => {
    const error = {
      message: "(#130429) Rate limit hit",
      type: "OAuthException",
      code: 130429,
      error_data: { messaging_product: "whatsapp", details: "throughput" },
      error_subcode: 2494055,
      fbtrace_id: "Az8or2yhqkZfEZ-_4Qn_Bam",
    };
    expect(read(400, { error }, "from-the-header")).toEqual({
      kind: "retry",
      error: {
        code: 130429,
        reason: "the number sends more than Meta takes at once",
        advice: expect.stringContaining("the server sends it again by itself") as string,
        backoff: "number",
        httpStatus: 400,
        traceId: "Az8or2yhqkZfEZ-_4Qn_Bam",
      },
    });
    expect(read(400, { error: { code: 100 } }, "from-the-header")).toMatchObject({
      error: { traceId: "from-the-header", reason: "a parameter is not valid" },
    });
  });

  it.each([
    [131056, 400, "retry"],
    [131047, 400, "failed"],
    [131000, 500, "uncertain"],
    [987654, 400, "failed"],
    [987654, 502, "uncertain"],
  ] as const)("answers code %i with HTTP %i as %s, and does not call for a person", (code, status, kind) => {
    const outcome = read(status, { error: { code, type: "OAuthException" } });
    expect(outcome).toMatchObject({ kind, error: { code, httpStatus: status } });
    expect(outcome).not.toHaveProperty("error.needsHuman");
  });

  it("calls for a person where the token or the account needs one", () => {
    for (const code of [0, 190, 131042]) {
      expect(read(401, { error: { code } })).toMatchObject({
        kind: "retry",
        error: { code, needsHuman: true },
      });
    }
  });

  it("reads a code that is a quoted string", () => {
    expect(read(400, { error: { code: "131056" } })).toMatchObject({
      kind: "retry",
      error: { code: 131056 },
    });
    expect(read(400, { error: { code: "131047" } })).toMatchObject({
      kind: "failed",
      error: { code: 131047 },
    });
  });

  it.each(["details as text", null, 7, [], { details: { deep: true } }])(
    "reads a refusal whose error_data is %j",
    (error_data) => {
      expect(read(400, { error: { code: 131009, error_data } })).toMatchObject({ kind: "failed" });
    },
  );

  it("shows nothing that Meta wrote freely, which may quote a number or the text", () => {
    const words = "to 16505551234";
    const texts = { message: words, type: words, error_user_title: words, error_user_msg: words };
    for (const code of [131026, 131000, 190, 987654, null]) {
      const error = { code, ...texts, error_data: { details: words } };
      for (const status of [400, 429, 500])
        expect(JSON.stringify(read(status, { error }))).not.toContain("16505551234");
    }
  });

  it("reads when the account may go on, for the limits of accounts only", () => {
    const usage = { "900": [{ type: "whatsapp", estimated_time_to_regain_access: 19 }] };
    const headers = { "x-business-use-case-usage": JSON.stringify(usage) };
    const regainOf = (code: number) => read(400, { error: { code } }, undefined, headers);
    expect(regainOf(80007)).toMatchObject({ error: { backoff: "waba", regainMs: 19 * 60_000 } });
    expect(regainOf(4)).toMatchObject({ error: { backoff: "app", regainMs: 19 * 60_000 } });
    expect(regainOf(131056)).not.toHaveProperty("error.regainMs");
  });

  it("says which refusals the owner must hear of although the message is over", () => {
    for (const code of [131048, 131064, 131030, 132015, 132016]) {
      expect(read(400, { error: { code } })).toMatchObject({ kind: "failed", error: { alerts: true } });
    }
    expect(read(400, { error: { code: 131026 } })).not.toHaveProperty("error.alerts");
  });

  it("is uncertain about an error that has no code: it is not Graph's", () => {
    for (const error of ["bad gateway", {}, [], { message: "timeout" }, { code: null }, { code: "n/a" }]) {
      for (const status of [200, 400, 408, 502]) {
        const outcome = read(status, { error });
        expect(outcome).toMatchObject({ kind: "uncertain", error: { httpStatus: status } });
        expect(outcome).not.toHaveProperty("error.code");
      }
    }
  });

  it("may try again when whoever stands in between says only that there was too much", () => {
    expect(read(429, { error: "too many requests" }, "trace")).toMatchObject({
      kind: "retry",
      error: { reason: "there were too many requests", backoff: "number", httpStatus: 429, traceId: "trace" },
    });
  });

  it.each([
    ["HTML", "<!DOCTYPE html><html><title>502</title></html>"],
    ["empty", ""],
    ["cut off", '{"messages":[{"id":"wam'],
    ["a list", "[]"],
    ["null", "null"],
    ["a text", '"ok"'],
  ])("is uncertain about a body that is %s, whatever the status", (_, body) => {
    for (const status of [200, 400, 502]) {
      expect(read(status, body, "trace")).toMatchObject({
        kind: "uncertain",
        error: { reason: "Graph's answer is not JSON", httpStatus: status, traceId: "trace" },
      });
    }
  });

  it("is uncertain about an answer that names no message, or names one with another status than 200", () => {
    const nameless = [
      {},
      { messages: [] },
      { messages: [{}] },
      { messages: [{ id: "" }] },
      { success: true },
    ];
    for (const body of nameless) {
      expect(read(200, body)).toMatchObject({
        kind: "uncertain",
        error: { reason: "Graph's answer names no message", httpStatus: 200 },
      });
    }
    for (const status of [202, 500, 503]) expect(read(status, ACCEPTED).kind).toBe("uncertain");
  });

  it("says accepted only with a message's id, and never throws", () => {
    const error = fc.record({ code: fc.jsonValue(), type: fc.jsonValue() }, { requiredKeys: [] });
    const body = fc.record(
      { error: fc.oneof(error, fc.jsonValue()), messages: fc.jsonValue(), contacts: fc.jsonValue() },
      { requiredKeys: [] },
    );
    const bodies = fc.oneof(
      body.map((value) => JSON.stringify(value)),
      fc.json(),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), bodies, (status, text) => {
        const outcome = read(status, text);
        // Only Graph's own code proves that nothing was sent, or a plain "too many requests".
        const isProven =
          outcome.kind === "accepted"
            ? outcome.wamid !== ""
            : outcome.kind === "uncertain" || typeof outcome.error.code === "number" || status === 429;
        expect(isProven).toBe(true);
      }),
    );
  });
});
