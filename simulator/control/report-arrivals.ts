import type { World } from "../core/world";
import { describeMessage } from "../phone/describe-message";
import { ArrivalsSchema, type ArrivalsInput } from "./control-schemas";
import type { ArrivalsReport } from "./control-types";
import { parseInput } from "./parse-input";

/** Counts what arrived on the phones. */
export function reportArrivals(world: World, input: ArrivalsInput): ArrivalsReport {
  const filter = parseInput(ArrivalsSchema, input);
  const matching = world.chats.arrivals({
    phoneNumberId: filter.phone_number_id,
    waId: filter.wa_id,
    wamid: filter.wamid,
    bizOpaqueCallbackData: filter.biz_opaque_callback_data,
  });
  const counts = world.chats.arrivalsByData();
  const byData: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const { bizOpaqueCallbackData: data } of matching) {
    if (data !== undefined) byData[data] = counts.get(data) ?? 0;
  }
  const { after, limit } = filter;
  const later = after === undefined ? matching : matching.filter((message) => message.seq > after);
  return {
    total: matching.length,
    by_biz_opaque_callback_data: byData,
    doubled: Object.keys(byData).filter((data) => (byData[data] ?? 0) > 1),
    messages: later.slice(0, limit).map((message) =>
      Object.assign(describeMessage(message), {
        arrivals: counts.get(message.bizOpaqueCallbackData ?? "") ?? 1,
      }),
    ),
  };
}
