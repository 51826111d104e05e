import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { climbStatus } from "#server/utils/messaging/climb-status";
import { MESSAGE_STATUSES, type MessageStatus } from "#server/utils/messaging/message-status";

// Written down once more, so that a slip in the source's ranks is seen.
const LADDER: readonly MessageStatus[] = [
  "queued",
  "sending",
  "unknown",
  "accepted",
  "sent",
  "delivered",
  "read",
  "played",
];
const ARRIVED: ReadonlySet<string> = new Set(["delivered", "read", "played"]);
const REPORTS = ["accepted", "sent", "delivered", "read", "played", "failed"] as const;

const climbAll = (start: MessageStatus, reports: readonly string[]): MessageStatus => {
  let status = start;
  for (const report of reports) status = climbStatus(status, report);
  return status;
};
const anyStatus = fc.constantFrom(...MESSAGE_STATUSES);
const onTheWay = fc.constantFrom<MessageStatus>("queued", "held", "sending", "unknown", "accepted", "sent");
const reports = fc.array(fc.constantFrom(...REPORTS), { maxLength: 12 });

describe("climbStatus", () => {
  it("goes up by one step or by several", () => {
    expect(climbAll("accepted", ["sent", "delivered", "read"])).toBe("read");
    expect(climbStatus("sending", "read")).toBe("read");
    expect(climbStatus("queued", "sent")).toBe("sent");
    expect(climbStatus("read", "played")).toBe("played");
    expect(climbStatus("unknown", "sent")).toBe("sent");
    expect(climbStatus("held", "delivered")).toBe("delivered");
  });

  it("never moves down the ladder, whatever is reported", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LADDER),
        fc.oneof(fc.constantFrom(...REPORTS), fc.string()),
        (status, report) => {
          const next = climbStatus(status, report);
          const isHigher = LADDER.indexOf(next) >= LADDER.indexOf(status);
          expect(next === "failed" ? !ARRIVED.has(status) : isHigher).toBe(true);
        },
      ),
    );
  });

  it("keeps a failure, unless the message arrived after all", () => {
    expect(climbAll("accepted", ["failed", "sent"])).toBe("failed");
    expect(climbAll("accepted", ["failed", "delivered"])).toBe("delivered");
    expect(climbAll("accepted", ["delivered", "failed"])).toBe("delivered");
    expect(climbAll("accepted", ["read", "failed"])).toBe("read");
  });

  it("believes in a failure of whatever had not arrived", () => {
    for (const status of ["queued", "held", "sending", "unknown", "accepted", "sent"] as const) {
      expect(climbStatus(status, "failed")).toBe("failed");
    }
  });

  it("believes Meta that an expired message had left before its time was up", () => {
    for (const report of ["accepted", "sent", "delivered", "read", "played"]) {
      expect(climbStatus("expired", report)).toBe(report);
    }
    expect(climbStatus("expired", "failed")).toBe("expired");
  });

  it("believes Meta that a cancelled message had left before: an attempt of which nobody knew the end", () => {
    for (const report of ["accepted", "sent", "delivered", "read", "played"]) {
      expect(climbStatus("cancelled", report)).toBe(report);
    }
    expect(climbStatus("cancelled", "failed")).toBe("cancelled");
  });

  it("leaves a message from a person alone", () => {
    for (const report of REPORTS) expect(climbStatus("received", report)).toBe("received");
  });

  it("ignores what Meta may never report", () => {
    fc.assert(
      fc.property(anyStatus, fc.string(), (status, report) => {
        fc.pre(!(REPORTS as readonly string[]).includes(report));
        expect(climbStatus(status, report)).toBe(status);
      }),
    );
    for (const report of ["queued", "sending", "received", "deleted", "warning", "__proto__", ""]) {
      expect(climbStatus("sending", report)).toBe("sending");
    }
  });

  it("says the same when a report comes twice", () => {
    fc.assert(
      fc.property(anyStatus, fc.constantFrom(...REPORTS), (status, report) => {
        const once = climbStatus(status, report);
        expect(climbStatus(once, report)).toBe(once);
      }),
    );
  });

  it("ends at the same place in whatever order the reports come", () => {
    const shuffled = reports.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(onTheWay, shuffled, (start, [list, other]) => {
        expect(climbAll(start, other)).toBe(climbAll(start, list));
      }),
    );
  });

  it("ends at the highest report when the message arrived, else at a failure if there was one", () => {
    fc.assert(
      fc.property(reports, (list) => {
        const highest =
          LADDER.toReversed().find((status) => (list as string[]).includes(status)) ?? "accepted";
        const isLost = !ARRIVED.has(highest) && list.includes("failed");
        expect(climbAll("accepted", list)).toBe(isLost ? "failed" : highest);
      }),
    );
  });
});
