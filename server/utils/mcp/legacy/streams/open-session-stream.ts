import type { Principal } from "../../../auth/principal";
import type { Change, ConversationNews, SystemContext } from "../../../context";
import { changesResourceList } from "../../changes-resource-list";
import { createCoalescer } from "../../coalesce";
import type { ListName } from "../../find-changed-lists";
import { touchedUris } from "../../resources/touched-uris";
import { createEventIds } from "./create-event-ids";
import { createEventStream, type EventStream } from "./create-event-stream";
import { createLease, type Lease } from "./create-lease";
import { createSubscriptions, type Subscriptions } from "./create-subscriptions";
import { createTeller, type Teller } from "./create-teller";
import { findMissed } from "./find-missed";
import { takeStream, type TakenStream } from "./store";

// How often it is looked how far a stream has told.
const SETTLE_MS = 5_000;
// The same where the client has no place to come back to before it has heard something: on a connection that is dead without
// anybody's knowing, all that it was told is lost, and only what is written down says from where on.
const PLACELESS_SETTLE_MS = 3 * 60_000;

export interface SessionStreamOptions {
  readonly system: SystemContext;
  readonly sessionId: string;
  readonly principal: () => Principal;
  /** What the client heard last; undefined when it does not say. */
  readonly lastEventId: string | undefined;
  /** Whether the client takes an event without content. */
  readonly takesFirstEvent: boolean;
  /** Told once, whoever ended it. */
  readonly onEnd: (stream: SessionStream) => void;
}

/** The stream of notifications of one session, in the process that holds it. */
export interface SessionStream {
  /** Opens it; `gone` when there is no such session, `lost` when a newer stream has taken its place. */
  open(): Promise<Response | "gone" | "lost">;
  readonly lease: Lease;
  readonly subscriptions: Subscriptions;
  tellList(list: ListName): void;
  end(): void;
}

/** Listens from now on, so that nothing falls between what is read from the change feed and what is heard. */
export function openSessionStream(options: SessionStreamOptions): SessionStream {
  const { system, sessionId, principal, onEnd } = options;
  const ids = createEventIds(principal().clientId, system.config);
  let events: EventStream | undefined;
  let isOver = false;
  let isOpening = false;
  const { teller, lists, subscriptions, stopHearing } = createTelling(options, (method, params, toldSeq) =>
    events?.send(ids.ofFeed(toldSeq), { method, params }),
  );
  const lease = createLease(() => teller.toldSeq, options.takesFirstEvent ? SETTLE_MS : PLACELESS_SETTLE_MS);
  const over = (): void => {
    if (isOver) return;
    isOver = true;
    stopHearing();
    // While it is being opened nobody knows yet whether there is something to give up.
    if (!isOpening) onEnd(stream);
  };
  const begin = async (taken: TakenStream, lastSeq: number): Promise<void> => {
    const startSeq = ids.readFeed(options.lastEventId) ?? taken.toldSeq ?? lastSeq;
    await subscriptions.load(taken.subscriptions);
    const missed = await findMissed(system, principal(), teller.uris, startSeq);
    if (isOver) return;
    const firstEventId = options.takesFirstEvent ? ids.ofFeed(startSeq) : undefined;
    events = createEventStream({ sessionId, firstEventId, onEnd: over });
    teller.begin(startSeq, missed);
  };
  const stream: SessionStream = {
    lease,
    subscriptions,
    async open() {
      isOpening = true;
      const { lastSeq } = system.changes;
      try {
        const taken = await claim(options, lease);
        if (!taken) return "gone";
        if (!isOver) await begin(taken, lastSeq);
        return events && !lease.isLost ? events.response : "lost";
      } finally {
        if (!events || lease.isLost) stream.end();
        isOpening = false;
        if (isOver) onEnd(stream);
      }
    },
    tellList: lists.touch,
    end() {
      events?.end();
      over();
    },
  };
  return stream;
}

/** Hears from now on what there is to tell, and sends it. */
function createTelling(
  { system, sessionId, principal }: SessionStreamOptions,
  send: (method: string, params: object, toldSeq: number) => void,
) {
  const tell = (uri: string, seq: number): void => send("notifications/resources/updated", { uri }, seq);
  const teller = createTeller({ lastSeq: () => system.changes.lastSeq, tell });
  const lists = createCoalescer((list) => send(`notifications/${list}/list_changed`, {}, teller.toldSeq));
  const stopHearing = hear(system, principal, teller, lists);
  const subscriptions = createSubscriptions({ system, sessionId, principal, teller });
  return { teller, lists, subscriptions, stopHearing };
}

/** Makes this process the one that holds the stream. */
async function claim(
  { system, sessionId, principal }: SessionStreamOptions,
  lease: Lease,
): Promise<TakenStream | undefined> {
  const now = system.clock.now();
  const session = { id: sessionId, keyId: principal().keyId, stream: lease.stream };
  const taken = await takeStream(system.database.system, session, now, lease.extend(now));
  if (taken) lease.begin(taken.lease, now);
  return taken;
}

/** Listens to what changes, and to news of conversations, both of which may have been missed where nothing is given. */
function hear(
  { changes, conversationNews }: SystemContext,
  principal: () => Principal,
  teller: Teller,
  lists: { touch(list: ListName): void; end(): void },
): () => void {
  const onChange = (change: Change | undefined): void =>
    change ? teller.note(touchedUris(principal(), change), change.seq) : teller.noteMaybe(teller.uris);
  const onNews = (news: ConversationNews | undefined): void => {
    if (changesResourceList(principal(), news)) lists.touch("resources");
  };
  const stops = [changes.subscribe(onChange), conversationNews.subscribe(onNews)];
  return () => [...stops, teller.end, lists.end].forEach((stop) => stop());
}
