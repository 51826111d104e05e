import type { ArrivalsReport } from "#simulator/control/control-types";
import type { DrainPlan } from "./drain-plan";
import type { Queued } from "./queue-messages";

/** Whether what arrived on the phones is what was queued. */
export interface ArrivalCheck {
  readonly arrived: number;
  readonly missing: number;
  readonly doubled: number;
  /** Arrived without having been queued. */
  readonly strange: number;
  /** People whose messages came in the order of the calls, without a gap. */
  readonly inOrder: number;
  readonly people: number;
}

/** Holds what arrived against what was queued; a message's text is its place in its conversation. */
export function checkArrivals(report: ArrivalsReport, queued: Queued, { people }: DrainPlan): ArrivalCheck {
  const counts = report.by_biz_opaque_callback_data;
  const placesByPerson = new Map<string, number[]>();
  for (const { wa_id: person, text } of report.messages.toSorted((a, b) => a.seq - b.seq)) {
    const places = placesByPerson.get(person) ?? [];
    places.push(Number(text));
    placesByPerson.set(person, places);
  }
  const isInOrder = (places: readonly number[]): boolean => places.every((place, index) => place === index);
  return {
    arrived: report.total,
    missing: [...queued.ids].filter((id) => counts[id] === undefined).length,
    doubled: report.doubled.length,
    strange: report.messages.filter(
      ({ biz_opaque_callback_data: id }) => id === undefined || !queued.ids.has(id),
    ).length,
    inOrder: [...placesByPerson.values()].filter(isInOrder).length,
    people: Math.min(people, queued.ids.size),
  };
}
