import { describe, expect, it, vi } from "vitest";
import { createFastPath } from "#server/utils/inbox/create-fast-path";
import { defer } from "../../helpers/defer";
import { createRecordingLog } from "../../helpers/recording-log";

const ids = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => String(from + index));

function open(work: (batch: readonly string[]) => Promise<unknown> = async () => {}) {
  const processInbox = vi.fn(work);
  const { log, lines } = createRecordingLog();
  const batches = (): (readonly string[])[] => processInbox.mock.calls.map(([batch]) => batch);
  return { fastPath: createFastPath(processInbox, log), batches, lines };
}

describe("createFastPath", () => {
  it("handles what is offered", async () => {
    const { fastPath, batches } = open();
    fastPath.offer(["a", "b"]);
    await fastPath.drain();
    fastPath.offer(["c"]);
    await fastPath.drain();
    expect(batches()).toEqual([["a", "b"], ["c"]]);
  });

  it("handles one batch at a time, and gathers what is offered meanwhile", async () => {
    const held = defer();
    const { fastPath, batches } = open(() => held.promise);
    fastPath.offer(["a"]);
    fastPath.offer(["b"]);
    fastPath.offer(["c"]);
    expect(batches()).toEqual([["a"]]);
    held.resolve();
    await fastPath.drain();
    expect(batches()).toEqual([["a"], ["b", "c"]]);
  });

  it("takes 50 at a time", async () => {
    const { fastPath, batches } = open();
    fastPath.offer(ids(120));
    await fastPath.drain();
    expect(batches().map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(batches().flat()).toEqual(ids(120));
  });

  it("leaves what is too much to the function, and takes up again after that", async () => {
    const held = defer();
    const { fastPath, batches } = open(() => held.promise);
    fastPath.offer(["first"]);
    fastPath.offer(ids(500));
    fastPath.offer(["too much"]);
    held.resolve();
    await fastPath.drain();
    expect(batches().flat()).toEqual(["first", ...ids(500)]);
    fastPath.offer(["again"]);
    await fastPath.drain();
    expect(batches().at(-1)).toEqual(["again"]);
  });

  it("goes on after a failure, which is only logged: the function has those bodies too", async () => {
    let isFirst = true;
    const { fastPath, batches, lines } = open(async () => {
      const fails = isFirst;
      isFirst = false;
      if (fails) throw new Error("away");
    });
    fastPath.offer(ids(60));
    await fastPath.drain();
    expect(batches()).toHaveLength(2);
    expect(lines).toEqual(["the fast path leaves bodies to the function: Error: away"]);
  });

  it("is not stopped for good by an offer of nothing", async () => {
    const { fastPath, batches } = open();
    fastPath.offer([]);
    await fastPath.drain();
    fastPath.offer(["a"]);
    await fastPath.drain();
    expect(batches()).toEqual([["a"]]);
  });

  it("has nothing to drain when nothing was offered", async () => {
    await expect(open().fastPath.drain()).resolves.toBeUndefined();
  });
});
