import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readStatusChange } from "#server/utils/messaging/read-status-change";
import type { MessageRow } from "#server/utils/messaging/sending/store";

const START = Date.parse("2025-06-15T12:00:00.000Z");
const at = (second: number): Date => new Date(START + second * 1000);
const ROW = {
  status: "accepted",
  wamid: "wamid.A",
  sentAt: null,
  deliveredAt: null,
  readAt: null,
  playedAt: null,
  failedAt: null,
  error: null,
} as unknown as MessageRow;

interface Report {
  readonly status: string;
  readonly second: number;
}

const WORDS = [
  "sent",
  "delivered",
  "read",
  "played",
  "failed",
  "deleted",
  "warning",
  "pending",
  "of_the_future",
];
const reports = fc.uniqueArray(
  fc.record({ status: fc.constantFrom(...WORDS), second: fc.nat({ max: 50 }) }),
  {
    selector: ({ second }) => second,
    maxLength: 12,
  },
);

function applyAll(row: MessageRow, list: readonly Report[]): MessageRow {
  const message = { ...row };
  for (const { status, second } of list) {
    const error = status === "failed" ? { code: second } : undefined;
    const report = { wamid: "wamid.A", status, occurredAt: at(second), error };
    Object.assign(message, readStatusChange(message, report));
  }
  return message;
}

const bySecond = (list: readonly Report[]): Report[] => list.toSorted((a, b) => a.second - b.second);

describe("readStatusChange", () => {
  it("ends in the same row in whatever order and however often the reports come", () => {
    const mixed = reports.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray([...list, ...list, ...list], { minLength: list.length * 3 }),
      ),
    );
    fc.assert(
      fc.property(mixed, ([list, shuffled]) => {
        expect(applyAll(ROW, shuffled)).toEqual(applyAll(ROW, bySecond(list)));
      }),
    );
  });

  it("keeps the earliest time of each step, and a failure with its error beside an arrival", () => {
    fc.assert(
      fc.property(reports, (list) => {
        const row = applyAll(ROW, list);
        const first = (status: string) => bySecond(list).find((report) => report.status === status)?.second;
        const time = (second: number | undefined) => (second === undefined ? null : at(second));
        expect(row).toMatchObject({
          sentAt: time(first("sent")),
          deliveredAt: time(first("delivered")),
          readAt: time(first("read")),
          playedAt: time(first("played")),
          failedAt: time(first("failed")),
        });
        const failed = first("failed");
        expect(row.error).toEqual(failed === undefined ? null : { code: failed });
      }),
    );
  });

  it.each(["deleted", "warning", "pending", "teleported", ""])(
    "leaves the row where it is for %j",
    (status) => {
      const row = applyAll(ROW, [{ status: "delivered", second: 1 }]);
      expect(applyAll(row, [{ status, second: 2 }])).toEqual({
        ...row,
        uncertainAt: null,
        claimExpiresAt: null,
        nextAttemptAt: null,
      });
    },
  );

  it("forgets our own note of a failure when Meta says that the message went, and not Meta's", () => {
    const noted = { ...ROW, status: "sending", error: { reason: "no answer in time" } } as MessageRow;
    expect(applyAll(noted, [{ status: "sent", second: 1 }]).error).toBeNull();
    const failed = applyAll(noted, [
      { status: "failed", second: 1 },
      { status: "delivered", second: 2 },
    ]);
    expect(failed).toMatchObject({
      status: "delivered",
      error: { code: 1 },
      failedAt: at(1),
      deliveredAt: at(2),
    });
  });
});
