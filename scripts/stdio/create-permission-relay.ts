import { randomUUID } from "node:crypto";
import type { ToolCaller } from "./create-tool-caller";
import type { InboundMessage } from "./follow-messages";
import { writeNotification } from "./write-notification";

/** Five lower-case letters without l, which looks like 1 and I (Claude Code, "Channels reference", permission requests). */
const REQUEST_ID = /^[a-km-z]{5}$/;
const VERDICT = /^\s*(y|yes|n|no)\s+([a-km-z]{5})\s*$/i;
/** Open requests that are remembered; the oldest goes. */
const OPEN_LIMIT = 100;
/** Longest part of a request that is passed on, in characters; a text message takes 4,096. */
const DETAIL_LIMIT = 1_000;
/** A question that was held up this long is not asked any more. */
const EXPIRES_IN_S = 3_600;
const SEND_LIMIT_MS = 60_000;

/** Asks the owner over WhatsApp whether Claude Code may use a tool. */
export interface PermissionRelay {
  /** Takes the params of `notifications/claude/channel/permission_request` and asks. */
  ask(params: Record<string, unknown>): Promise<void>;
  /** Passes a verdict on when the message is one: true when it was. */
  settle(message: InboundMessage): Promise<boolean>;
}

/** What {@link createPermissionRelay} needs. */
export interface PermissionRelayOptions {
  /** contact_id of the only person who is asked and heard. */
  readonly owner: string;
  /** Meta's id of the number to ask from. */
  readonly number?: string;
  readonly callTool: ToolCaller;
  write(text: string): Promise<void>;
  log(line: string): void;
}

/** Creates the {@link PermissionRelay}. A verdict counts once, and only for a request that was asked here. */
export function createPermissionRelay(options: PermissionRelayOptions): PermissionRelay {
  const { owner, number, callTool, write, log } = options;
  const open = new Set<string>();

  return {
    async ask(params) {
      const id = params.request_id;
      if (typeof id !== "string" || !REQUEST_ID.test(id)) {
        return log("Did not relay a permission request: its request_id is not of the documented form.");
      }
      if (open.has(id)) return;
      const [oldest] = open;
      if (open.size >= OPEN_LIMIT && oldest !== undefined) open.delete(oldest);
      open.add(id);
      const args = {
        to: owner,
        body: writeQuestion(id, params),
        ...(number !== undefined && { phone_number_id: number }),
        idempotency_key: `permission-${randomUUID()}`,
        expires_in_s: EXPIRES_IN_S,
      };
      const reply = await callTool("send_message", args, SEND_LIMIT_MS);
      if (reply.kind === "result") return;
      const reason = "error" in reply ? String(reply.error.code) : "no answer";
      log(`Could not ask the owner for permission ${id} (${reason}); it can still be given at the terminal.`);
    },
    async settle({ contact_id: contactId, type, edited, revoked, untrusted_text: text }) {
      if (contactId !== owner || type !== "text" || edited || revoked || typeof text !== "string")
        return false;
      const [, word = "", given = ""] = VERDICT.exec(text) ?? [];
      const requestId = given.toLowerCase();
      if (!open.delete(requestId)) return false;
      const behavior = word.toLowerCase().startsWith("y") ? "allow" : "deny";
      await write(
        writeNotification("notifications/claude/channel/permission", { request_id: requestId, behavior }),
      );
      return true;
    },
  };
}

function writeQuestion(id: string, params: Record<string, unknown>): string {
  const { tool_name: tool, description, input_preview: input } = params;
  return [
    `Claude Code asks for permission. Answer "yes ${id}" or "no ${id}".`,
    ...[tool, description, input].map(clean).filter((part) => part !== ""),
  ].join("\n\n");
}

/** Without what a person cannot see, and as the server takes it: what is shown is what is decided on. */
function clean(part: unknown): string {
  if (typeof part !== "string") return "";
  const visible = part.replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Surrogate}]/gu, "");
  const characters = [...visible];
  return characters.length > DETAIL_LIMIT ? `${characters.slice(0, DETAIL_LIMIT).join("")}…` : visible;
}
