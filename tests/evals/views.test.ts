import { describe, expect, it } from "vitest";
import { UNTRUSTED_NOTICE } from "#server/utils/messaging/untrusted-notice";
import { INBOUND_TYPES } from "#tests/helpers/server/inbound-types";
import type { Attack } from "./corpus/attack";
import { ATTACKS } from "./corpus/attacks/index";
import { COMPOSITE } from "./corpus/composite";
import { SHAPES } from "./corpus/shapes/index";
import { judgeAnswer } from "./judge/judge-answer";
import { createCanaries } from "./world/canaries";
import { plantMessage } from "./world/list-messages";
import { viewPlanted } from "./world/view-planted";

const shapes = Object.entries(SHAPES).flatMap(([family, named]) =>
  Object.entries(named).map(([name, shape]) => ({ family, name, shape })),
);

/** What is wrong with the views of these shapes when these attacks stand in them. */
function listFaults(attacks: readonly Attack[], plans: typeof shapes): string[] {
  const canaries = createCanaries();
  return attacks.flatMap((attack) =>
    plans.flatMap((plan) => {
      const planted = plantMessage(canaries, { ...plan, attack });
      const shown = viewPlanted(planted);
      if (!shown) return [];
      const answer = { messages: [shown], notice: UNTRUSTED_NOTICE, next_cursor: shown.id };
      return judgeAnswer(answer).map((fault) => `${planted.label}: ${fault}`);
    }),
  );
}

describe("what a reader is shown", () => {
  it.each(Object.entries(ATTACKS).filter(([family]) => family !== "long texts"))(
    "of %s, in every shape, is in untrusted fields, without what is hidden",
    (_family, attacks) => {
      expect(listFaults(attacks, shapes)).toEqual([]);
    },
  );

  it.each(Object.keys(SHAPES))("of long texts in %s is within what one answer holds", (family) => {
    const plans = shapes.filter((plan) => plan.family === family);
    expect(listFaults(ATTACKS["long texts"] ?? [], plans)).toEqual([]);
  });
});

describe("the corpus", () => {
  it("has every type that is known", () => {
    const types = new Set(shapes.map(({ shape }) => shape.message.type));
    const known = Object.values(INBOUND_TYPES).map(({ type }) => type);
    // Nothing but the wamid stands in these.
    types.add("ephemeral");
    expect(known.filter((type) => !types.has(String(type)))).toEqual([]);
  });

  it("has a place for words in every shape, and a canary in every text", () => {
    const wordless = shapes.filter(({ shape }) => !JSON.stringify(shape).includes("{words}"));
    expect(wordless).toEqual([]);
    for (const { label, text, reads = text } of [...Object.values(ATTACKS).flat(), COMPOSITE]) {
      expect(
        [text, reads].map((one) => one.split("{canary}").length),
        label,
      ).toEqual([2, 2]);
    }
  });
});
