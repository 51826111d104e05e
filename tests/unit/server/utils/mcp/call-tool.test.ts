import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { SystemContext } from "#server/utils/context";
import { callTool, UnknownToolError } from "#server/utils/mcp/call-tool";
import { catalogue } from "#server/utils/mcp/catalogue";
import { createPrincipal } from "../../helpers/create-principal";
import { createRecordingLog } from "../../helpers/recording-log";

const CANARY = "canary-7c1f";
const NOW = new Date("2025-06-15T12:00:00.000Z");
const OWNER = createPrincipal({ isOwner: true, scopes: ["tools:*", "numbers:*"] });

interface AuditRow {
  readonly outcome: string;
  readonly errorCode?: string;
}

let audit: AuditRow[];
let lines: string[];
let system: SystemContext;
let writeAudit: (row: AuditRow) => Promise<void>;

beforeEach(() => {
  audit = [];
  writeAudit = async (row) => void audit.push(row);
  const recording = createRecordingLog();
  lines = recording.lines;
  // Refused arguments come to no verb, so that the key's rate and the audit row are all that touches the database.
  system = {
    clock: { now: () => NOW },
    log: recording.log,
    database: {
      system: {
        execute: async () => [{ wait_s: 0 }],
        insert: () => ({ values: (row: AuditRow) => ({ onConflictDoNothing: () => writeAudit(row) }) }),
      },
    },
  } as unknown as SystemContext;
});

const call = (name: string, given: unknown, principal = OWNER) =>
  callTool(system, {
    name,
    arguments: given,
    principal,
    requestId: "request-1",
    signal: new AbortController().signal,
  });

async function refusalOf(name: string, given: unknown) {
  const answer = await call(name, given);
  expect(answer.isError).toBe(true);
  const error = answer.structuredContent.error as Record<string, unknown>;
  expect(error).toMatchObject({ code: "invalid_arguments", retryable: false, request_id: "request-1" });
  expect(error.advice).toBeTypeOf("string");
  const { fields } = error.details as { fields: { field: string; problem: string }[] };
  expect(error.message).toBe(`${fields[0]?.field}: ${fields[0]?.problem}`);
  return fields;
}

const SEND = { to: "+16505551234", body: "Hi" };

describe("callTool, given arguments that do not fit,", () => {
  it.each([
    [
      "send_message",
      {},
      [
        ["to", "is missing"],
        ["body", "is missing"],
      ],
    ],
    ["send_message", { ...SEND, body: undefined }, [["body", "is missing"]]],
    ["send_message", { ...SEND, body: "" }, [["body", "Invalid length: Expected >=1"]]],
    ["send_message", { ...SEND, body: CANARY.repeat(1_000) }, [["body", "Invalid length: Expected <=4096"]]],
    ["send_message", { ...SEND, body: 7 }, [["body", "must be string"]]],
    ["send_message", { ...SEND, body: { text: CANARY } }, [["body", "must be string"]]],
    [
      "send_message",
      { ...SEND, body: `${CANARY}\u0000` },
      [["body", "must be valid Unicode without U+0000"]],
    ],
    ["send_message", { ...SEND, preview_url: CANARY }, [["preview_url", "must be boolean"]]],
    [
      "send_message",
      { ...SEND, phone_number_id: CANARY },
      [["phone_number_id", "must be Meta's id of a number"]],
    ],
    ["send_message", { ...SEND, expires_in_s: 31337.5 }, [["expires_in_s", "Invalid integer"]]],
    ["send_message", { ...SEND, expires_in_s: 0 }, [["expires_in_s", "Invalid value: Expected >=1"]]],
    ["send_message", { ...SEND, from: CANARY }, [["from", "is not an argument of this tool"]]],
    ["get_messages", { limit: 1_000 }, [["limit", "Invalid value: Expected <=100"]]],
    ["get_messages", { direction: CANARY }, [["direction", 'must be ("inbound" | "outbound")']]],
    ["get_messages", { since: CANARY }, [["since", "must be an ISO 8601 time"]]],
    [
      "get_messages",
      { conversation_id: CANARY, cursor: CANARY },
      [
        ["conversation_id", "must be a conversation_id"],
        ["cursor", "must be a next_cursor"],
      ],
    ],
    ["get_message_status", { message_id: null }, [["message_id", "must be string"]]],
    ["wait_for_messages", { timeout_s: 31337 }, [["timeout_s", "Invalid value: Expected <=110"]]],
    ["ping", { x: CANARY }, [["x", "is not an argument of this tool"]]],
    ["ping", CANARY, [["arguments", "must be Object"]]],
  ] as const)("%s %j names each field and what it should be", async (name, given, expected) => {
    const fields = await refusalOf(name, given);
    expect(fields.map(({ field, problem }) => [field, problem])).toEqual(expected);
  });

  it("never repeats a value", async () => {
    const values = fc.constantFrom(
      CANARY,
      [CANARY],
      { x: CANARY },
      `${CANARY}\u0000`,
      313_373.5,
      -313_373,
      true,
    );
    const names = fc.constantFrom(
      ...catalogue.names().filter((name) => name !== "ping" && name !== "list_numbers"),
    );
    await fc.assert(
      fc.asyncProperty(names, fc.infiniteStream(values), async (name, stream) => {
        const properties = catalogue.describe(OWNER).find((tool) => tool.name === name)
          ?.inputSchema.properties;
        const given = Object.fromEntries(
          Object.keys(properties ?? {}).map((field) => [field, stream.next().value as unknown]),
        );
        // An argument that no tool has, so that every call is refused.
        const answer = await call(name, { ...given, no_such_argument: CANARY });
        expect(answer.isError).toBe(true);
        expect(JSON.stringify([answer, audit, lines])).not.toMatch(/canary|31337/);
      }),
    );
  });

  it("leaves one audit row, with the code and nothing that was given", async () => {
    await refusalOf("send_message", { to: CANARY });
    expect(audit).toHaveLength(1);
    expect(audit[0]).toMatchObject({
      action: "tool.send_message",
      outcome: "refused",
      errorCode: "invalid_arguments",
      clientId: OWNER.clientId,
      apiKeyId: OWNER.keyId,
      requestId: "request-1",
      at: NOW,
    });
    expect(JSON.stringify(audit)).not.toContain(CANARY);
    expect(lines).toEqual([]);
  });

  it("answers although the audit row cannot be written", async () => {
    writeAudit = async () => {
      throw new Error("away");
    };
    await refusalOf("send_message", {});
    expect(lines).toEqual(["tool.send_message: no audit row could be written, request request-1"]);
  });

  it("takes no arguments for an empty object", async () => {
    for (const given of [undefined, null, {}]) {
      const answer = await call("ping", given);
      expect(answer).toEqual({
        structuredContent: { ok: true, client: "shop", time: NOW.toISOString() },
        isError: false,
      });
    }
    expect(audit.map(({ outcome }) => outcome)).toEqual(["ok", "ok", "ok"]);
  });
});

describe("callTool", () => {
  it("refuses a tool that the key does not name before it looks at the arguments", async () => {
    const answer = await call(
      "send_message",
      { to: CANARY, x: CANARY },
      createPrincipal({ scopes: ["tools:ping"] }),
    );
    expect(answer).toMatchObject({ isError: true, structuredContent: { error: { code: "forbidden" } } });
    expect(audit).toMatchObject([{ outcome: "refused", errorCode: "forbidden" }]);
    expect(JSON.stringify(answer)).not.toContain(CANARY);
  });

  it("throws for a tool that does not exist, without repeating its name", async () => {
    const failure = await call(CANARY, {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnknownToolError);
    expect(failure).toMatchObject({ code: -32602, message: expect.not.stringContaining(CANARY) as string });
    expect(audit).toMatchObject([{ action: "tool.unknown", outcome: "refused", errorCode: "not_found" }]);
    expect(JSON.stringify(audit)).not.toContain(CANARY);
  });
});
