import { randomUUID } from "node:crypto";
import type { Finding } from "../../checks/finding";
import { asObject, asText } from "#server/utils/meta/json";
import type { SmokeContext } from "../smoke-context";
import type { SmokeStep } from "../smoke-step";

const ARRIVED = new Set(["delivered", "read", "played"]);
// Beyond what the tool waits for.
const GRACE_MS = 10_000;
/** The longest that a tool waits, in seconds. */
const LONGEST_S = 110;

/** A message leaves for the test contact and is delivered. */
export const send: SmokeStep = {
  id: "send",
  title: "A message to the test contact",
  needs: ["mcp-2026"],
  timeoutMs: LONGEST_S * 1_000 + 2 * GRACE_MS,
  async run(ctx) {
    if (ctx.to === undefined)
      return { status: "skipped", says: "No test contact is named (--to, or WAMCP_SMOKE_TO)." };
    await markPlace(ctx);
    const client = await ctx.modern();
    const { isError, content } = await client.callTool(
      "send_message",
      {
        to: ctx.to,
        body: describeTest(ctx),
        idempotency_key: `smoke-${randomUUID()}`,
        wait_for: "delivered",
        timeout_s: ctx.deliverWithinS,
        ...numberOf(ctx),
      },
      ctx.deliverWithinS * 1_000 + GRACE_MS,
    );
    if (isError) return explainError(asObject(content.error));
    const conversationId = asText(content.conversation_id);
    if (conversationId) ctx.sent.conversationId = conversationId;
    return judge(asText(content.status) ?? "unknown", asText(content.message_id) ?? "");
  },
};

// What comes from here on; an answer may be there before the send has returned.
async function markPlace(ctx: SmokeContext): Promise<void> {
  if (ctx.replyWithinS === undefined) return;
  const client = await ctx.modern();
  const { content } = await client.callTool("wait_for_messages", { cursor: "now", timeout_s: 0 }, GRACE_MS);
  const cursor = asText(content.cursor);
  if (cursor) ctx.sent.cursor = cursor;
}

function describeTest({ replyWithinS }: SmokeContext): string {
  const wish = replyWithinS === undefined ? "" : " Please answer with any word.";
  return `This is a test of the WhatsApp MCP server.${wish}`;
}

const numberOf = ({ from }: SmokeContext) => (from === undefined ? {} : { phone_number_id: from });

function judge(status: string, messageId: string): Finding {
  if (ARRIVED.has(status)) return { status: "ok", says: `Message ${messageId} is ${status}.` };
  const mends: Record<string, string> = {
    held: "It waits for a person: admin approvals list. Take a key without a confirm policy for this test.",
    failed: "See get_message_status for Meta's code, or admin audit tail.",
    sent: "Meta has it and the phone has not: is it on?",
    accepted: "Meta has it and no webhook came: run the doctor (subscription, webhook-address, webhook).",
    queued:
      "Nothing took it: run the doctor (inngest, inngest-sync), and see that the number is not paused (admin numbers list).",
  };
  return {
    status: "failed",
    says: `Message ${messageId} is ${status} and not delivered.`,
    mend: mends[status] ?? "Look with get_message_status, and run the doctor.",
    see: "docs/operations/replays.md",
  };
}

// The server's own words, which quote nothing that was asked.
function explainError(error: Readonly<Record<string, unknown>>): Finding {
  return {
    status: "failed",
    says: `The send is refused (${asText(error.code) ?? "without a code"}).`,
    mend:
      error.code === "window_closed"
        ? "The contact's 24-hour window is closed: have the contact write to the number first."
        : (asText(error.advice) ?? "Look at the audit log: admin audit tail."),
    see: "docs/guides/admin.md",
  };
}
