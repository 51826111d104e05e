import { isDeepStrictEqual } from "node:util";
import type { Asked } from "./create-asker";
import { normaliseAnswer } from "./normalise-answer";
import type { Party, World } from "./plant-world";
import { countTouched, restoreWorld } from "./planted-state";

/** The same question twice: about something of another client's, and about nothing. */
export interface Pair {
  readonly label: string;
  readonly me: Party;
  readonly other: Party;
  readonly foreign: () => Promise<Asked>;
  readonly missing: () => Promise<Asked>;
  /** Whether the two ids are of different kinds: then the answers are compared, and not the work. */
  readonly isOtherKind?: boolean;
}

/** How the two answers to a pair differ, and what of the other client is in them. Nothing, where clients are kept apart. */
export async function comparePair(world: World, pair: Pair): Promise<string[]> {
  const { me, other, label } = pair;
  const problems: string[] = [];
  const expectUntouched = async (): Promise<void> => {
    if (await countTouched(world.ctx, other)) problems.push(`${label}: changed what is ${other.name}'s`);
  };
  const ask = async (question: () => Promise<Asked>): Promise<Asked> => {
    const asked = await question();
    if (asked.isError) return asked;
    // It must not meet the next question.
    await expectUntouched();
    await restoreWorld(world.ctx);
    return asked;
  };
  const foreign = await ask(pair.foreign);
  const missing = await ask(pair.missing);
  // What is refused changes nothing, and had it done so nobody would have restored it.
  if (missing.isError || foreign.isError) await expectUntouched();
  const planted = new Set([...me.secrets, ...other.secrets]);
  const [left, right] = [foreign, missing].map(({ answer }) => normaliseAnswer(answer, planted));
  if (!isDeepStrictEqual(left, right)) {
    problems.push(`${label}: answered ${JSON.stringify(left)}, and for nothing ${JSON.stringify(right)}`);
  }
  if (foreign.statements.length === 0) problems.push(`${label}: no statement was counted`);
  if (!pair.isOtherKind && !isDeepStrictEqual(foreign.statements, missing.statements)) {
    problems.push(
      `${label}: ran ${foreign.statements.length} statements, and for nothing ${missing.statements.length}: ` +
        describeDifference(foreign.statements, missing.statements),
    );
  }
  return [...problems, ...findSecrets(other, foreign.answer).map((secret) => `${label}: tells ${secret}`)];
}

/** What of a party stands in an answer. */
export function findSecrets({ secrets }: Party, answer: unknown): string[] {
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  return secrets.filter((secret) => text.includes(secret));
}

function describeDifference(foreign: readonly string[], missing: readonly string[]): string {
  const place = foreign.findIndex((statement, index) => statement !== missing[index]);
  const [left, right] = place < 0 ? [undefined, missing[foreign.length]] : [foreign[place], missing[place]];
  return `${left?.slice(0, 120) ?? "nothing more"} <> ${right?.slice(0, 120) ?? "nothing more"}`;
}
