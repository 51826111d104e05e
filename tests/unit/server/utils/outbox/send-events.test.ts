import type { Inngest } from "inngest";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sendEvents } from "#server/utils/outbox/send-events";
import { defer } from "../../helpers/defer";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const EVENT = { id: "outbox-id", name: "wa/message.queued", data: { message_id: "m" } };
const inngestThat = (send: (events: unknown) => Promise<unknown>) => ({ send }) as unknown as Inngest;

describe("sendEvents", () => {
  it("hands events over under their outbox ids, and nothing else of them", async () => {
    const send = vi.fn(async () => ({ ids: [] }));
    const row = { ...EVENT, attempts: 3 };
    await sendEvents(inngestThat(send), [row]);
    expect(send.mock.calls).toEqual([[[EVENT]]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fails as Inngest fails", async () => {
    await expect(
      sendEvents(
        inngestThat(() => Promise.reject(new Error("401"))),
        [EVENT],
      ),
    ).rejects.toThrow("401");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives up after ten seconds on a server that accepts and says nothing", async () => {
    const hanging = defer();
    const outcome = vi.fn();
    const sending = sendEvents(
      inngestThat(() => hanging.promise),
      [EVENT],
    ).catch(outcome);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await sending;
    expect(outcome).toHaveBeenCalledOnce();
    // What comes after that concerns nobody.
    hanging.reject(new Error("too late"));
    await vi.advanceTimersByTimeAsync(0);
  });
});
