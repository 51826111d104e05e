import { requireRatePermit } from "../../../auth/limits/require-rate-permit";
import type { Principal } from "../../../auth/principal";
import type { SystemContext } from "../../../context";
import { tellSessions } from "../store";
import type { Questions } from "./create-questions";
import type { Answer } from "./take-answers";

/**
 * Takes an answer to whoever asked, which may be another process. Only what a person decided is passed on, never what was
 * written.
 *
 * @throws AppError `rate_limited`: what nobody here asked counts as a call does, or made-up answers would fill the channel
 */
export async function passOnAnswer(
  { database }: SystemContext,
  { id, principal }: { readonly id: string; readonly principal: Principal },
  questions: Questions,
  answer: Answer,
): Promise<void> {
  if (questions.settle(answer)) return;
  await requireRatePermit(database.system, principal);
  const given = answer.result?.action;
  const action = given === "accept" || given === "decline" ? given : "cancel";
  await tellSessions(database.system, { kind: "answered", id, question: answer.id, action });
}
