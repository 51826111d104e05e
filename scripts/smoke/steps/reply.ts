import { asList, asObject } from "#server/utils/meta/json";
import type { SmokeStep } from "../smoke-step";

const LONGEST_S = 110;
const GRACE_MS = 10_000;

/** The test contact answers, and the answer comes in. */
export const reply: SmokeStep = {
  id: "reply",
  title: "An answer of the test contact",
  needs: ["send"],
  timeoutMs: 15 * 60_000,
  async run(ctx) {
    const { replyWithinS, sent } = ctx;
    if (replyWithinS === undefined || sent.conversationId === undefined)
      return { status: "skipped", says: "No answer is waited for (--reply)." };
    const client = await ctx.modern();
    const endMs = performance.now() + replyWithinS * 1_000;
    let cursor = sent.cursor;
    for (let leftS = replyWithinS; leftS > 0; leftS = Math.ceil((endMs - performance.now()) / 1_000)) {
      const timeoutS = Math.min(leftS, LONGEST_S);
      const args = {
        conversation_id: sent.conversationId,
        timeout_s: timeoutS,
        ...(cursor ? { cursor } : {}),
      };
      const { isError, content } = await client.callTool(
        "wait_for_messages",
        args,
        timeoutS * 1_000 + GRACE_MS,
      );
      if (isError) break;
      if (asList(content.messages).some((message) => asObject(message).direction === "inbound"))
        return { status: "ok", says: "The answer came in." };
      cursor = String(content.cursor);
    }
    return {
      status: "failed",
      says: `No answer came in within ${replyWithinS} s.`,
      mend: "Did the contact answer? Then run the doctor (subscription, webhook-address, webhook).",
      see: "docs/operations/meta-setup.md",
    };
  },
};
