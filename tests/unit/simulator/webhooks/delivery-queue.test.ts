import { beforeEach, describe, expect, it } from "vitest";
import { defaultSettings, type Settings } from "#simulator/core/settings";
import type { Delivery } from "#simulator/webhooks/delivery";
import { type AttemptResult, DeliveryQueue, type QueuedDelivery } from "#simulator/webhooks/delivery-queue";
import { retryDelayMs } from "#simulator/webhooks/retry-delay";
import { createManualClock, type ManualClock } from "../manual-clock";

const OK: AttemptResult = { kind: "answered", status: 200, badSignature: false };
const BUSY: AttemptResult = { kind: "answered", status: 503, badSignature: false };
const DOWN: AttemptResult = { kind: "unreachable", error: "ECONNREFUSED", badSignature: false };

let clock: ManualClock;
let settings: Settings;
let attempts: string[];
let answer: (id: string) => AttemptResult | Promise<AttemptResult>;
let queue: DeliveryQueue;
let ended: string[];

beforeEach(() => {
  clock = createManualClock();
  settings = { ...defaultSettings(), retry_delays_ms: [0, 200, 500, 1000] };
  attempts = [];
  ended = [];
  answer = () => OK;
  queue = new DeliveryQueue({
    clock,
    settings,
    attempt: async ({ record }) => {
      attempts.push(record.id);
      return answer(record.id);
    },
  });
});

function delivery(id: string): QueuedDelivery {
  const record: Delivery = {
    id,
    created_at: clock.now(),
    state: "pending",
    about: "messages",
    wamids: [],
    statuses: [],
    attempts: 0,
    last_attempts: [],
    updates: 1,
  };
  return { record, body: Buffer.from("{}"), done: (delivered) => ended.push(`${id}:${delivered}`) };
}

describe("DeliveryQueue", () => {
  it("delivers once when the receiver answers 200", async () => {
    queue.push(delivery("a"));
    await clock.advance(0);
    expect(ended).toEqual(["a:true"]);
    expect(queue.pending).toBe(0);
  });

  it("tries again at once, then after growing waits, and only what was refused", async () => {
    answer = (id) => (id === "a" ? BUSY : OK);
    const refused = delivery("a");
    queue.push(refused);
    queue.push(delivery("b"));
    await clock.advance(0);
    expect(ended).toEqual(["b:true"]);
    expect(refused.record.attempts).toBe(2);
    await clock.advance(199);
    expect(refused.record.attempts).toBe(2);
    await clock.advance(1);
    expect(refused.record.attempts).toBe(3);
    await clock.advance(500 + 1000 + 1000);
    expect(refused.record.attempts).toBe(6);
    answer = () => OK;
    await clock.advance(1000);
    expect(ended).toEqual(["b:true", "a:true"]);
  });

  it("probes with one delivery while the receiver is down, then delivers all", async () => {
    answer = () => DOWN;
    settings.webhook_concurrency = 2;
    for (let index = 0; index < 100; index += 1) queue.push(delivery(`w${index}`));
    await clock.advance(5000);
    expect(queue.pending).toBe(100);
    expect(attempts.length).toBeLessThan(12);
    answer = () => OK;
    await clock.advance(1000);
    expect(queue.pending).toBe(0);
    expect(new Set(ended).size).toBe(100);
  });

  it("never has more attempts under way than allowed", async () => {
    settings.webhook_concurrency = 3;
    let active = 0;
    let most = 0;
    answer = async () => {
      active += 1;
      most = Math.max(most, active);
      await clock.wait(10);
      active -= 1;
      return OK;
    };
    for (let index = 0; index < 20; index += 1) queue.push(delivery(`w${index}`));
    await clock.advance(1000);
    expect(most).toBe(3);
    expect(ended).toHaveLength(20);
  });

  it("drops what is older than the horizon", async () => {
    answer = () => BUSY;
    settings.retry_horizon_ms = 10_000;
    const old = delivery("old");
    queue.push(old);
    await clock.advance(20_000);
    expect(old.record.state).toBe("dropped");
    expect(ended).toEqual(["old:false"]);
  });

  it("makes waiting retries due on demand", async () => {
    settings.retry_delays_ms = [60_000];
    answer = () => BUSY;
    queue.push(delivery("a"));
    await clock.advance(0);
    answer = () => OK;
    queue.retryNow();
    await clock.advance(0);
    expect(ended).toEqual(["a:true"]);
  });

  it("keeps the last attempts with their outcome", async () => {
    answer = () => ({ kind: "answered", status: 404, badSignature: true });
    const refused = delivery("a");
    queue.push(refused);
    await clock.advance(60_000);
    expect(refused.record.last_attempts).toHaveLength(10);
    expect(refused.record.last_attempts[0]).toMatchObject({ status: 404, bad_signature: true });
  });
});

describe("retryDelayMs", () => {
  it("walks the ladder, repeats its last rung and is divided by the speed", () => {
    const ladder = { retry_delays_ms: [0, 200, 500], speed: 1 };
    expect([1, 2, 3, 4, 50].map((failed) => retryDelayMs(ladder, failed))).toEqual([0, 200, 500, 500, 500]);
    expect(retryDelayMs({ ...ladder, speed: 10 }, 3)).toBe(50);
  });
});
