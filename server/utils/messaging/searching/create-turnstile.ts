import { AppError } from "../../errors";

export interface Turnstile {
  /**
   * Does the work as soon as it is its turn: few at once in this process, and fewer of one client, so that others' turns come.
   *
   * @throws AppError `rate_limited` when the turn does not come in time, or too many wait; whatever the signal was aborted with
   */
  pass<T>(clientId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export interface TurnstileLimits {
  readonly atOnce: number;
  readonly atOncePerClient: number;
  readonly waitingPerClient: number;
  readonly waitMs: number;
}

interface Waiting {
  readonly clientId: string;
  readonly enter: () => void;
}

export function createTurnstile(limits: TurnstileLimits): Turnstile {
  const inside: string[] = [];
  const waiting: Waiting[] = [];
  const countOf = (clientId: string): number => inside.filter((id) => id === clientId).length;
  const hasRoom = (clientId: string): boolean =>
    inside.length < limits.atOnce && countOf(clientId) < limits.atOncePerClient;

  function letIn(): void {
    const place = waiting.findIndex(({ clientId }) => hasRoom(clientId));
    const [next] = place < 0 ? [] : waiting.splice(place, 1);
    if (!next) return;
    inside.push(next.clientId);
    next.enter();
  }

  function waitForTurn(clientId: string, signal: AbortSignal): Promise<void> {
    const ahead = waiting.filter((one) => one.clientId === clientId).length;
    if (ahead >= limits.waitingPerClient) throw tooMany(limits);
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown): void => {
        waiting.splice(waiting.indexOf(one), 1);
        end();
        reject(reason);
      };
      const onAbort = (): void => leave(signal.reason);
      const timer = setTimeout(() => leave(tooMany(limits)), limits.waitMs);
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      const one = { clientId, enter: () => (end(), resolve()) };
      signal.addEventListener("abort", onAbort);
      waiting.push(one);
      letIn();
    });
  }

  return {
    async pass(clientId, signal, work) {
      signal.throwIfAborted();
      await waitForTurn(clientId, signal);
      try {
        return await work();
      } finally {
        inside.splice(inside.indexOf(clientId), 1);
        letIn();
      }
    },
  };
}

function tooMany({ atOncePerClient, waitMs }: TurnstileLimits): AppError {
  return new AppError("rate_limited", "Too many searches at once.", {
    advice: "Make one search after the other, and narrow each by conversation_id, contact or since.",
    retryAfterSeconds: Math.ceil(waitMs / 1000),
    details: { limit: "searches_at_once", at_once: atOncePerClient },
  });
}
