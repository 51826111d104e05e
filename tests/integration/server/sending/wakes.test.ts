import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { uploadFile } from "#server/utils/messaging/sending/files/upload-file";
import { claimMessage, type Claim } from "#server/utils/messaging/sending/claim-message";
import { resumeNumber } from "#server/utils/messaging/sending/resume-number";
import { recoverAbandonedAttempts } from "#server/utils/messaging/sending/recover-abandoned-attempts";
import { settleMessage } from "#server/utils/messaging/sending/settle-message";
import { settleUncertain } from "#server/utils/messaging/sending/settle-uncertain";
import { claimOutboxEvents, markOutboxSent, type OutboxEvent } from "#server/utils/outbox/store";
import type { SendOutcome } from "#server/utils/meta/send-outcome";
import { callAs, errorOf } from "#tests/helpers/server/call-as";
import { failing } from "#tests/helpers/server/create-scripted-graph";
import { createRandom } from "#tests/helpers/server/create-random";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { plantFile } from "#tests/helpers/server/plant-file";
import { receiveWebhook } from "#tests/helpers/server/receive-webhook";
import { sampleFiles } from "#tests/helpers/server/sample-files";
import { seedTenants, type Tenants } from "#tests/helpers/server/seed-tenants";
import { sendJson, startFileGraph, type FileGraph } from "#tests/helpers/server/start-file-graph";
import { useMediaRoot } from "#tests/helpers/server/use-media-root";
import { statusOf, webhookBody } from "#tests/helpers/server/webhook-bodies";

// A model of everything around the sends: an Inngest that delivers in any order, twice, and runs again what crashed; a Meta
// that takes, refuses, limits and keeps silent, files too; tokens that die and are mended; clients that change their mind; processes
// that die. Claims, answers, statuses and time come in any order. The sweep for stuck messages never runs: what is to be
// shown is that it is not needed.

const CONVERSATIONS = 3;
const MESSAGES = 14;
// Beyond this many steps something goes round in circles.
const STEP_LIMIT = 3_000;

let ctx: TestContext;
let tenants: Tenants;

let graph: FileGraph;
let media: Awaited<ReturnType<typeof useMediaRoot>>;
let lastFile = 0;

beforeAll(async () => {
  graph = await startFileGraph();
  ctx = await createTestContext();
  media = await useMediaRoot(ctx, graph.url);
  tenants = await seedTenants(ctx);
});

afterAll(async () => {
  await ctx.close();
  await graph.close();
  await media.remove();
});

interface Attempt {
  readonly event: OutboxEvent;
  readonly claim: Claim;
}

class World {
  readonly events: OutboxEvent[] = [];
  readonly attempts: Attempt[] = [];
  readonly statuses: { wamid: string; messageId: string }[] = [];
  /** What arrived on the phones, in order. */
  readonly arrived: string[] = [];
  /** Messages whose order nobody promises: some attempt of theirs was uncertain. */
  readonly uncertain = new Set<string>();
  readonly queued: { id: string; conversationId: string }[] = [];
  readonly people: string[];
  readonly random: () => number;
  private toQueue = MESSAGES;

  constructor(seed: number) {
    this.random = createRandom(seed);
    this.people = Array.from({ length: CONVERSATIONS }, (_, index) => `+1650555${seed}${index}`);
  }

  private take<T>(list: T[]): T | undefined {
    return list.splice(Math.floor(this.random() * list.length), 1)[0];
  }

  /** One step of whatever can happen now. Returns false when nothing can happen any more. */
  async step(): Promise<boolean> {
    await this.relay();
    const choices: (() => Promise<void>)[] = [];
    if (this.toQueue > 0) choices.push(() => this.queue());
    if (this.events.length > 0)
      choices.push(
        () => this.run(),
        () => this.run(),
      );
    if (this.attempts.length > 0) choices.push(() => this.answer());
    if (this.statuses.length > 0) choices.push(() => this.report());
    if (this.random() < 0.04) choices.push(() => this.cancel());
    if (this.random() < 0.1) choices.push(() => this.mend());
    const choice = this.take(choices);
    if (choice) {
      await choice();
      return true;
    }
    return this.passTime();
  }

  private async queue(): Promise<void> {
    this.toQueue -= 1;
    const to = this.people[Math.floor(this.random() * this.people.length)];
    const answer = await (this.random() < 0.3 ? this.sendFile(to) : this.send(to));
    if (answer.isError) {
      // Nobody can send on a number that waits for its owner.
      if (errorOf(answer).code !== "number_paused") throw new Error(errorOf(answer).message);
      this.toQueue += 1;
      return this.mend();
    }
    const sent = answer.structuredContent as unknown as { message_id: string; conversation_id: string };
    this.queued.push({ id: sent.message_id, conversationId: sent.conversation_id });
  }

  private send(to: string | undefined) {
    return callAs(ctx, tenants.ann, "send_message", { to, phone_number_id: "101", body: "hello" });
  }

  private async sendFile(to: string | undefined) {
    const bytes = Buffer.concat([sampleFiles.png, Buffer.from(`${(lastFile += 1)}`)]);
    const { mediaId: media_id } = await plantFile(ctx, media.root, "101", { bytes });
    return callAs(ctx, tenants.ann, "send_media", { to, phone_number_id: "101", type: "image", media_id });
  }

  /** Meta takes most files, and what it does not it refuses for all kinds of reasons. */
  private async upload(mediaId: string): Promise<void> {
    graph.uploadAnswers.splice(0);
    const dice = this.random();
    const code = dice < 0.15 ? 2 : dice < 0.25 ? 130429 : dice < 0.3 ? 190 : dice < 0.35 ? 131053 : undefined;
    if (code) graph.uploadAnswers.push((response) => sendJson(response, 400, { error: { code } }));
    await uploadFile(ctx.system, mediaId);
  }

  private async relay(): Promise<void> {
    const now = ctx.clock.now();
    const events = await claimOutboxEvents(ctx.database.system, now, 100, 30_000);
    if (events.length === 0) return;
    await markOutboxSent(
      ctx.database.system,
      events.map(({ id }) => id),
      now,
    );
    for (const event of events) this.events.push(event, ...(this.random() < 0.15 ? [event] : []));
  }

  private async run(): Promise<void> {
    const event = this.take(this.events);
    if (!event) return;
    if (event.name === "wa/media.queued") return this.upload(String(event.data.media_id));
    if (event.name === "wa/message.uncertain") {
      await settleUncertain(ctx.system, String(event.data.message_id));
      return;
    }
    if (event.name !== "wa/message.queued") return;
    const claim = await claimMessage(ctx.system, String(event.data.conversation_id));
    if (claim) this.attempts.push({ event, claim });
  }

  private async answer(): Promise<void> {
    const attempt = this.take(this.attempts);
    if (!attempt) return;
    const { event, claim } = attempt;
    const { id } = claim.message;
    const dice = this.random();
    const isTaken = dice < 0.45 || (dice >= 0.75 && this.random() < 0.5);
    const wamid = `wamid.${id}.${claim.attempt}`;
    if (isTaken) {
      this.arrived.push(id);
      this.statuses.push({ wamid, messageId: id });
    }
    if (dice >= 0.9) {
      // The process dies before it stores the answer; Inngest runs the function again, unless it has done so too often.
      this.uncertain.add(id);
      if (this.random() < 0.5) this.events.push(event);
      return;
    }
    if (dice >= 0.75) this.uncertain.add(id);
    await settleMessage(ctx.system, claim, this.outcome(dice, wamid));
  }

  private outcome(dice: number, wamid: string): SendOutcome {
    if (dice < 0.45) return { kind: "accepted", wamid };
    if (dice < 0.5) return { kind: "retry", error: { reason: "pair", code: 131056, backoff: "recipient" } };
    if (dice < 0.55) return { kind: "retry", error: { reason: "number", code: 130429, backoff: "number" } };
    if (dice < 0.6) return { kind: "retry", error: { reason: "token", code: 190, needsHuman: true } };
    if (dice < 0.65) return failing("retry");
    return dice < 0.75 ? failing("failed", 131026) : failing("uncertain");
  }

  private async cancel(): Promise<void> {
    const message = this.queued[Math.floor(this.random() * this.queued.length)];
    if (message) await callAs(ctx, tenants.ann, "cancel_message", { message_id: message.id });
  }

  private async mend(): Promise<void> {
    await resumeNumber(ctx.system, tenants.numbers.ann.id);
  }

  private async report(): Promise<void> {
    const report = this.take(this.statuses);
    if (!report) return;
    const more = { biz_opaque_callback_data: report.messageId };
    const status = statusOf(report.wamid, "sent", ctx.clock.now(), more);
    await receiveWebhook(ctx, webhookBody("101", { statuses: [status] }));
  }

  /** To the next moment at which something is due. Webhooks flow, so that silence means something. */
  private async passTime(): Promise<boolean> {
    const [next] = await ctx.sql<[{ at: Date | null }]>`
      select min(at) as at from (
        select available_at as at from outbox where sent_at is null
        union all select claim_expires_at from messages where status = 'sending' and uncertain_at is null) due`;
    if (!next.at) {
      const { wasPaused } = await resumeNumber(ctx.system, tenants.numbers.ann.id);
      return wasPaused;
    }
    ctx.clock.set(new Date(Math.max(next.at.getTime(), ctx.clock.now().getTime())));
    await receiveWebhook(
      ctx,
      webhookBody("101", { statuses: [{ id: `wamid.${this.random()}`, status: "sent" }] }),
    );
    await recoverAbandonedAttempts(ctx.system);
    return true;
  }
}

async function readOutcomes(world: World) {
  const ids = world.queued.map(({ id }) => id);
  return ctx.sql<{ id: string; status: string; conversation_id: string; position: number }[]>`
    select id, status, conversation_id, position::int as position from messages where id in ${ctx.sql(ids)}`;
}

describe("however claims, answers, crashes, statuses and time fall together", () => {
  it.each(Array.from({ length: 10 }, (_, index) => index + 1))(
    "every message ends, and whoever was to get it got it once and in order (seed %i)",
    async (seed) => {
      const world = new World(seed);
      let steps = 0;
      while (await world.step()) {
        steps += 1;
        if (steps > STEP_LIMIT) throw new Error("it goes round in circles");
      }
      const outcomes = await readOutcomes(world);
      expect(outcomes).toHaveLength(MESSAGES);
      const unfinished = outcomes.filter(
        ({ status }) => !["sent", "accepted", "failed", "cancelled", "unknown"].includes(status),
      );
      expect(unfinished).toEqual([]);
      for (const { id, status } of outcomes) {
        const count = world.arrived.filter((arrivedId) => arrivedId === id).length;
        const possible = { failed: [0], cancelled: [0], unknown: [0, 1] }[status] ?? [1];
        expect(possible, `${id} is ${status}`).toContain(count);
      }
      for (const conversationId of new Set(outcomes.map((row) => row.conversation_id))) {
        const certain = outcomes
          .filter((row) => row.conversation_id === conversationId && !world.uncertain.has(row.id))
          .filter(({ status }) => !["failed", "cancelled"].includes(status));
        const inOrder = certain.toSorted((a, b) => a.position - b.position).map(({ id }) => id);
        expect(world.arrived.filter((id) => inOrder.includes(id))).toEqual(inOrder);
      }
    },
  );
});
