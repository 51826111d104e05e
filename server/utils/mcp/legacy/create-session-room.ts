import { findLivingPrincipal } from "../../auth/find-living-principal";
import type { Principal } from "../../auth/principal";
import type { SystemContext } from "../../context";
import { AppError } from "../../errors";
import { describeError } from "../../log";
import type { McpSurface } from "../surface";
import { createLegacySession, type LegacySession, type LegacySessionOptions } from "./legacy-session";
import type { SessionNews } from "./session-news";
import { findSession } from "./store";
import type { SessionStream } from "./streams/open-session-stream";
import { renewStreams } from "./streams/store";

/** A session that nobody has used for this long, and that streams nowhere, ends. */
export const SESSION_IDLE_MS = 30 * 60_000;
/** Sessions that one process holds. Those that do nothing give way to others, and are taken up again when they are used. */
const SESSIONS_HELD = 2_000;

/** The sessions that this process holds. */
export interface SessionRoom {
  readonly sessions: ReadonlyMap<string, LegacySession>;
  /** A session of this key, taken up from the database when this process does not hold it. */
  find(id: string, principal: Principal): Promise<LegacySession | undefined>;
  /** Holds a session that is opened here; undefined when there is no room. */
  add(options: RoomOptions): LegacySession | undefined;
  /** Counts up with every change of access. */
  readonly generation: number;
  /** Looks again at a session's key when access has changed since; false when it was ended for that. */
  confirm(session: LegacySession, generation: number): Promise<boolean>;
  hear(news: SessionNews): void;
  noteRefresh(): void;
  /** Releases all sessions, also those that are taken up from now on. */
  drain(): void;
  /** Resolves when what was to be written down of ended streams is written down. */
  settled(): Promise<void>;
}

type RoomOptions = Pick<
  LegacySessionOptions,
  "sessionId" | "initialize" | "isNew" | "principal" | "lastSeenAt"
>;

/** Holds sessions, bounded in number. */
export function createSessionRoom(system: SystemContext, surface: McpSurface): SessionRoom {
  const sessions = new Map<string, LegacySession>();
  const ends = createEndWriter(system);
  let generation = 0;
  let isDraining = false;
  const onClosed = ({ id }: LegacySession): boolean => sessions.delete(id);
  const add = (options: RoomOptions): LegacySession | undefined => {
    if (sessions.size >= SESSIONS_HELD && !dropIdlest(sessions)) return undefined;
    const session = createLegacySession({ system, surface, onClosed, onStreamEnd: ends.write, ...options });
    sessions.set(session.id, session);
    if (isDraining) session.release();
    return session;
  };
  const confirm = async (session: LegacySession, since: number): Promise<boolean> =>
    since === generation || renewPrincipal(system, session);
  const lookup = createLookup(async (id, principal, isEnded) => {
    const since = generation;
    const row = await findAlive(system, id, principal);
    if (!row || isEnded()) return undefined;
    const { initialize, lastSeenAt } = row;
    const session = add({ sessionId: id, initialize, isNew: false, principal, lastSeenAt });
    if (!session) throw tooManyHeld();
    return (await confirm(session, since)) ? session : undefined;
  });
  return {
    sessions,
    add,
    confirm,
    get generation() {
      return generation;
    },
    async find(id, principal) {
      const held = sessions.get(id);
      // Another key's session does not exist for this one: it is looked for like one that nobody has.
      return held?.principal.keyId === principal.keyId ? held : lookup.find(id, principal);
    },
    hear(news) {
      sessions.get(news.id)?.hear(news);
      if (news.kind === "ended") lookup.end(news.id);
    },
    noteRefresh() {
      generation += 1;
    },
    drain() {
      isDraining = true;
      for (const session of sessions.values()) session.release();
    },
    settled: ends.settled,
  };
}

async function findAlive({ database, clock }: SystemContext, id: string, { keyId }: Principal) {
  const now = clock.now();
  const idleSince = new Date(now.getTime() - SESSION_IDLE_MS);
  return findSession(database.system, { id, keyId }, idleSince, now);
}

async function renewPrincipal({ database, clock }: SystemContext, session: LegacySession): Promise<boolean> {
  const principal = await findLivingPrincipal(database, session.principal.keyId, clock.now());
  await (principal ? session.setPrincipal(principal) : session.close());
  return principal !== undefined;
}

/** Looks a session up once for all requests that come at the same time, and knows when it ends meanwhile. */
function createLookup(
  takeUp: (id: string, principal: Principal, isEnded: () => boolean) => Promise<LegacySession | undefined>,
) {
  const underWay = new Map<string, Promise<LegacySession | undefined>>();
  const endings = new Set<(id: string) => void>();
  return {
    async find(id: string, principal: Principal): Promise<LegacySession | undefined> {
      const name = `${principal.keyId} ${id}`;
      const known = underWay.get(name);
      if (known) return known;
      let isEnded = false;
      const onEnded = (ended: string): void => {
        isEnded ||= ended === id;
      };
      endings.add(onEnded);
      const found = takeUp(id, principal, () => isEnded).finally(() => {
        underWay.delete(name);
        endings.delete(onEnded);
      });
      underWay.set(name, found);
      return found;
    },
    end(id: string): void {
      for (const onEnded of endings) onEnded(id);
    },
  };
}

/** Writes down that streams have ended, and how far they had told. */
function createEndWriter({ database, clock, log }: SystemContext) {
  const writing = new Set<Promise<void>>();
  return {
    write({ id }: LegacySession, { lease }: SessionStream): void {
      const now = clock.now();
      const renewal = lease.finalRenewal(id, now);
      if (!renewal) return;
      const written = renewStreams(database.system, [renewal], now)
        // Otherwise its lease runs out.
        .catch((error: unknown) => log.debug("a stream's end was not noted:", describeError(error)))
        .then(() => void writing.delete(written));
      writing.add(written);
    },
    async settled(): Promise<void> {
      await Promise.all(writing);
    },
  };
}

function dropIdlest(sessions: ReadonlyMap<string, LegacySession>): boolean {
  const [idlest] = [...sessions.values()]
    .filter(({ isBusy }) => !isBusy)
    .toSorted((a, b) => a.lastUsedMs - b.lastUsedMs);
  void idlest?.close();
  return idlest !== undefined;
}

function tooManyHeld(): AppError {
  return new AppError("unavailable", "This server holds as many sessions as it may.", {
    retryAfterSeconds: 60,
  });
}
