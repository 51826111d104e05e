import type { Log } from "../../log";
import { describeFailure } from "../describe-failure";
import type { Extra } from "./create-legacy-link";

/** Has a handler fail with nothing but what a client may know. */
export type Guard = <Request, Result>(
  answer: (request: Request, extra: Extra) => Result | Promise<Result>,
) => (request: Request, extra: Extra) => Promise<Result>;

/** Makes the one wrapper that goes around all handlers of a server. */
export function createGuard(log: Log, track: <T>(work: Promise<T>) => Promise<T>): Guard {
  return (answer) => async (request, extra) => {
    const work = async () => answer(request, extra);
    try {
      return await track(work());
    } catch (thrown) {
      throw describeFailure(thrown, log);
    }
  };
}
