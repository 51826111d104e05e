import { beforeEach, describe, expect, it } from "vitest";
import { defaultSettings, type Settings } from "#simulator/core/settings";
import { isFurther, type MessageStatus, type PhoneMessage } from "#simulator/phone/phone-message";
import { StatusLadder } from "#simulator/phone/status-ladder";
import { createManualClock, type ManualClock } from "../manual-clock";

let clock: ManualClock;
let settings: Settings;
let open: boolean;
let reported: string[];
let confirm: (() => void) | undefined;
let ladder: StatusLadder;

beforeEach(() => {
  clock = createManualClock(1000);
  settings = { ...defaultSettings(), sent_delay_ms: 20, delivered_delay_ms: 40, read_delay_ms: 60 };
  open = false;
  reported = [];
  ladder = new StatusLadder({
    clock,
    settings,
    isChatOpen: () => open,
    report: (_message, status, answered) => {
      reported.push(`${status}@${clock.now()}`);
      if (answered !== undefined) confirm = answered;
    },
  });
});

function message(changes: Partial<PhoneMessage> = {}): PhoneMessage {
  return {
    seq: 1,
    wamid: "wamid.x",
    author: "business",
    phoneNumberId: "n",
    waId: "p",
    type: "text",
    content: { body: "hi" },
    at: 1000,
    status: "accepted",
    history: { accepted: 1000 },
    arrived: true,
    ...changes,
  };
}

describe("StatusLadder", () => {
  it("reports sent and delivered, and read only when the person looks", async () => {
    const sent = message();
    ladder.start(sent);
    await clock.advance(10_000);
    expect(reported).toEqual(["sent@1020", "delivered@1060"]);
    ladder.read(sent);
    ladder.read(sent);
    expect(reported).toEqual(["sent@1020", "delivered@1060", "read@11000"]);
    expect(sent.history).toEqual({ accepted: 1000, sent: 1020, delivered: 1060, read: 11_000 });
  });

  it("reports read by itself when the chat is open, or with auto_read", async () => {
    open = true;
    ladder.start(message());
    await clock.advance(1000);
    expect(reported).toEqual(["sent@1020", "delivered@1060", "read@1120"]);
    open = false;
    settings.auto_read = true;
    ladder.start(message());
    await clock.advance(1000);
    expect(reported).toHaveLength(6);
  });

  it("may skip delivered when the chat is open", async () => {
    open = true;
    settings.skip_delivered_when_open = true;
    ladder.start(message());
    await clock.advance(1000);
    expect(reported).toEqual(["sent@1020", "read@1120"]);
  });

  it("reads a message still under way as soon as it is delivered", async () => {
    const early = message();
    ladder.start(early);
    ladder.read(early);
    await clock.advance(1000);
    expect(reported).toEqual(["sent@1020", "delivered@1060", "read@1120"]);
  });

  it("divides its times by the speed", async () => {
    settings.speed = 10;
    ladder.start(message());
    await clock.advance(1000);
    expect(reported).toEqual(["sent@1002", "delivered@1006"]);
  });

  it("reports a failure instead, and nothing after it", async () => {
    const lost = message({ arrived: false, failure: { code: 131026, title: "t", details: "d" } });
    ladder.start(lost);
    await clock.advance(1000);
    ladder.read(lost);
    expect(reported).toEqual(["failed@1020"]);
  });

  it("reports no more than sent for a reaction", async () => {
    ladder.start(message({ type: "reaction" }));
    await clock.advance(1000);
    expect(reported).toEqual(["sent@1020"]);
  });

  it("can report at once and wait for the webhook's answer, or for the limit", async () => {
    let resolved = 0;
    void ladder.startAtOnce(message(), 500).then(() => (resolved += 1));
    expect(reported).toEqual(["sent@1000"]);
    await clock.advance(100);
    expect(resolved).toBe(0);
    confirm?.();
    await clock.advance(0);
    expect(resolved).toBe(1);
    void ladder.startAtOnce(message(), 500).then(() => (resolved += 1));
    await clock.advance(500);
    expect(resolved).toBe(2);
  });

  it("forgets what is under way when cleared", async () => {
    ladder.start(message());
    ladder.clear();
    await clock.advance(1000);
    expect(reported).toEqual([]);
  });
});

describe("isFurther", () => {
  it("never goes back, and lets failed end what was not delivered", () => {
    const order: MessageStatus[] = ["accepted", "sent", "delivered", "read"];
    for (const [from, current] of order.entries()) {
      for (const [to, next] of order.entries()) expect(isFurther(next, current)).toBe(to > from);
    }
    expect(isFurther("failed", "sent")).toBe(true);
    expect(isFurther("failed", "delivered")).toBe(false);
    expect(isFurther("read", "failed")).toBe(false);
  });
});
