import * as v from "valibot";
import { parseDurationMs } from "../duration";
import { inWork } from "../executor/in-work";
import { readFunctions, writeFunctions } from "../store/functions";
import { hastenUnreachable } from "../store/queue";
import { nextTick, planCrons } from "../triggers/cron";
import type { FunctionConfig } from "../types";
import { HttpError } from "./http-error";
import type { Exchange } from "./exchange";

const DurationSchema = v.pipe(v.string(), v.check(isDuration, "is not a duration"));
const CronSchema = v.pipe(v.string(), v.check(isCron, "is not a cron expression"));

/** Only what a run could stumble over later; the rest is the SDK's. */
const RegistrationSchema = v.looseObject({
  appName: v.string(),
  functions: v.array(
    v.looseObject({
      id: v.string(),
      triggers: v.optional(v.array(v.looseObject({ cron: v.optional(CronSchema) }))),
      steps: v.record(
        v.string(),
        v.looseObject({ runtime: v.looseObject({ type: v.string(), url: v.pipe(v.string(), v.url()) }) }),
      ),
      throttle: v.optional(v.looseObject({ limit: v.number(), period: DurationSchema })),
      rateLimit: v.optional(v.looseObject({ limit: v.number(), period: DurationSchema })),
      debounce: v.optional(v.looseObject({ period: DurationSchema, timeout: v.optional(DurationSchema) })),
      batchEvents: v.optional(v.looseObject({ maxSize: v.number(), timeout: DurationSchema })),
      timeouts: v.optional(
        v.looseObject({ start: v.optional(DurationSchema), finish: v.optional(DurationSchema) }),
      ),
    }),
  ),
});

/** `POST /fn/register`: the SDK tells which functions the app serves, in answer to a `PUT` on its handler. */
export async function postRegistration(exchange: Exchange): Promise<unknown> {
  const parsed = v.safeParse(RegistrationSchema, await exchange.body());
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new HttpError(400, `${v.getDotPath(issue) ?? "registration"}: ${issue.message}`);
  }
  const { appName, functions } = parsed.output;
  const modified = await inWork(exchange.engine, async (work) => {
    const changed = await writeFunctions(work.tx, appName, functions as unknown as FunctionConfig[]);
    if (changed) await planCrons(work.tx, await readFunctions(work.tx));
    // An app that registers can be called.
    await hastenUnreachable(work.tx);
    return changed;
  });
  return { ok: true, status: 200, modified };
}

function isDuration(text: string): boolean {
  try {
    return parseDurationMs(text) >= 0;
  } catch {
    return false;
  }
}

function isCron(text: string): boolean {
  try {
    nextTick(text, new Date());
    return true;
  } catch {
    return false;
  }
}
