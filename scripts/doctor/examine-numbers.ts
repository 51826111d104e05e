import type { JsonObject } from "#server/utils/meta/json";
import { combineFindings } from "./combine-findings";
import type { DoctorContext } from "./doctor-context";
import type { Finding } from "../checks/finding";

/**
 * Looks at what Meta says of each number. One that Meta does not tell of is another check's.
 *
 * @param judge what is wrong with a number, or undefined
 */
export async function examineNumbers(
  { graph }: DoctorContext,
  wellSays: string,
  judge: (number: JsonObject, waPhoneNumberId: string) => Finding | undefined,
): Promise<Finding> {
  const known = await graph.numbers();
  const told = await Promise.all(
    known.map(async ({ waPhoneNumberId: id }) => ({ id, answer: await graph.describeNumber(id) })),
  );
  const numbers = told.flatMap(({ id, answer }) =>
    answer.kind === "answered" ? [{ id, body: answer.body }] : [],
  );
  if (numbers.length === 0) return { status: "skipped", says: "There is no number that Meta tells of." };
  return combineFindings(
    numbers.flatMap(({ id, body }) => judge(body, id) ?? []),
    wellSays,
  );
}
