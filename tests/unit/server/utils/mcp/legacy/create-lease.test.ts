import { beforeEach, describe, expect, it } from "vitest";
import { createLease, type Lease } from "#server/utils/mcp/legacy/streams/create-lease";
import { STREAM_LEASE_MS } from "#server/utils/mcp/legacy/streams/stream-lease";

const SETTLE_MS = 5_000;

let toldSeq: number;
let lease: Lease;
beforeEach(() => {
  toldSeq = 5;
  lease = createLease(() => toldSeq, SETTLE_MS);
});
const at = (ms: number): Date => new Date(ms);

describe("createLease", () => {
  it("knows which of two streams is newer by the order in which it hears of them", () => {
    lease.begin(STREAM_LEASE_MS, at(0));
    lease.hear("an older one");
    expect(lease.isLost).toBe(false);
    lease.hear(lease.stream);
    expect(lease.isLost).toBe(false);
    lease.hear("a newer one");
    expect(lease.isLost).toBe(true);
    expect(lease.dueRenewal("id", at(SETTLE_MS))).toBeUndefined();
    expect(lease.finalRenewal("id", at(SETTLE_MS))).toBeUndefined();
  });

  it("writes down only what was told a while ago", () => {
    lease.begin(STREAM_LEASE_MS, at(0));
    expect(lease.dueRenewal("id", at(SETTLE_MS - 1))).toBeUndefined();
    expect(lease.dueRenewal("id", at(SETTLE_MS))).toBeUndefined();
    toldSeq = 8;
    expect(lease.finalRenewal("id", at(SETTLE_MS))?.toldSeq).toBe(0);
    expect(lease.dueRenewal("id", at(2 * SETTLE_MS))).toEqual({
      id: "id",
      lease: STREAM_LEASE_MS,
      until: 2 * SETTLE_MS + STREAM_LEASE_MS,
      toldSeq: 5,
    });
  });

  it("is renewed with nothing to write down, before it runs out", () => {
    toldSeq = 0;
    lease.begin(STREAM_LEASE_MS, at(0));
    const renewals = [1, 2, 3, 4].map((turn) => lease.dueRenewal("id", at(turn * SETTLE_MS)));
    expect(renewals.map(Boolean)).toEqual([false, false, false, true]);
    const [, , , due] = renewals;
    if (due) lease.renewed(due);
    expect(lease.dueRenewal("id", at(5 * SETTLE_MS))).toBeUndefined();
  });

  it("is renewed in between where what was told settles slowly", () => {
    lease = createLease(() => toldSeq, 3 * STREAM_LEASE_MS);
    lease.begin(STREAM_LEASE_MS, at(0));
    let told = 0;
    for (let second = 1; second < 360; second += 1) {
      const renewal = lease.dueRenewal("id", at(second * 1_000));
      if (renewal) lease.renewed(renewal);
      told = renewal?.toldSeq ?? told;
      expect((renewal?.until ?? Infinity) > second * 1_000).toBe(true);
    }
    expect(told).toBe(0);
    expect(lease.dueRenewal("id", at(360_000))?.toldSeq).toBe(5);
  });

  it("gives up only what it had", () => {
    expect(lease.finalRenewal("id", at(0))).toBeUndefined();
    lease.begin(STREAM_LEASE_MS, at(0));
    expect(lease.finalRenewal("id", at(7))).toEqual({
      id: "id",
      lease: STREAM_LEASE_MS,
      until: 7,
      toldSeq: 0,
    });
  });
});
