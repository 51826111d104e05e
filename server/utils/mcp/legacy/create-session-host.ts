import { requireRatePermit } from "../../auth/limits/require-rate-permit";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import { ProtocolError } from "../protocol-error";
import type { LegacyServerHost } from "./create-legacy-server";
import type { StreamHolder } from "./streams/create-stream-holder";
import { addSubscription, removeSubscriptions } from "./streams/store";

/** Addresses that one session may hear of. */
const SUBSCRIPTION_LIMIT = 256;

/** Lets a session hear of addresses. Its stream may be in another process, which is told with the change of the row. */
export function createSessionHost(
  { database }: SystemContext,
  id: string,
  principal: () => Principal,
  streams: StreamHolder,
): Omit<LegacyServerHost, "questions" | "track" | "log" | "initialize"> {
  return {
    principal,
    async subscribe(uri) {
      const seq = await addSubscription(database.system, { id, uri, limit: SUBSCRIPTION_LIMIT });
      if (seq === "gone") throw new ProtocolError(-32603, "This session has ended. Open another.");
      if (seq === "full") {
        const message = `This session hears of ${SUBSCRIPTION_LIMIT} resources, as many as it may. Unsubscribe from one first.`;
        throw new ProtocolError(-32602, message);
      }
      streams.current?.subscriptions.subscribed(uri, seq);
    },
    async unsubscribe(uri) {
      await requireRatePermit(database.system, principal());
      // Nobody hears of what the database cannot hold.
      if (uri.includes("\0")) return;
      await removeSubscriptions(database.system, id, [uri]);
      streams.current?.subscriptions.unsubscribed(uri);
    },
  };
}
