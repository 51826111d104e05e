import type { Json } from "#tests/helpers/server/webhook-bodies";
import type { Attack } from "../corpus/attack";
import { ATTACKS } from "../corpus/attacks/index";
import { COMPOSITE } from "../corpus/composite";
import type { Shape } from "../corpus/shape";
import { SHAPES } from "../corpus/shapes/index";
import type { Canaries } from "./canaries";
import { fill } from "./fill";

/** A message to be received, and its author's entry in `contacts[]`. */
export interface PlantedMessage {
  readonly label: string;
  readonly family: string;
  readonly message: Json;
  readonly contact: Json;
}

const SHORT = Object.entries(ATTACKS).filter(([family]) => family !== "long texts");

/** A text with a name, and a document: where nearly everything that people write comes in. */
const PRIME: Readonly<Record<string, Shape>> = {
  text: {
    message: { type: "text", text: { body: "{words}" } },
    contact: { profile: { name: "{words}", username: "{words}" } },
  },
  document: { message: { type: "document", document: { id: "1", filename: "{words}", caption: "{words}" } } },
};

/**
 * Every shape with a little of everything in it and with one attack more, in turn; and every attack in the shapes that matter
 * most.
 */
export function listMessages(canaries: Canaries, round: number): PlantedMessage[] {
  const short = SHORT.flatMap(([, attacks]) => attacks);
  const shapes = listPlans();
  const texts = Object.entries(ATTACKS).flatMap(([family, attacks]) =>
    attacks.flatMap((attack) =>
      Object.entries(PRIME).map(([name, shape]) => ({ family, name, shape, attack })),
    ),
  );
  const more = shapes.map((plan, index) => ({
    ...plan,
    attack: short[(index * 7) % short.length] ?? COMPOSITE,
  }));
  return plantAll(canaries, round, [...shapes, ...more, ...texts]);
}

/** Every shape with a little of everything in it. */
export function listShapes(canaries: Canaries, round: number): PlantedMessage[] {
  return plantAll(canaries, round, listPlans());
}

function listPlans(): Plan[] {
  return Object.entries(SHAPES).flatMap(([family, named]) =>
    Object.entries(named).map(([name, shape]) => ({ family, name, shape, attack: COMPOSITE })),
  );
}

function plantAll(canaries: Canaries, round: number, plans: readonly Plan[]): PlantedMessage[] {
  const families = [...new Set(plans.map(({ family }) => family))];
  return plans.map((plan, index) =>
    plantMessage(canaries, plan, families.indexOf(plan.family), `${round}-${index}`, `${round}-${index - 1}`),
  );
}

interface Plan {
  readonly family: string;
  readonly name: string;
  readonly shape: Shape;
  readonly attack: Attack;
}

/** One message of a plan; of a family all are one person's. */
export function plantMessage(
  canaries: Canaries,
  plan: Plan,
  person = 0,
  id = "1",
  earlierId = "0",
): PlantedMessage {
  const { family, name, shape, attack } = plan;
  const label = `${attack.label}, in ${name}`;
  const filling = {
    words: () => canaries.plant(attack, `${family}: ${name}`).text,
    subject: `wamid.eval-${earlierId}`,
  };
  const common = { id: `wamid.eval-${id}`, from: `1650555${2000 + person}` };
  const message: Json = { ...common, timestamp: "1", ...fill(shape.message, filling) };
  const contact: Json = { profile: { name: filling.words() }, ...fill(shape.contact ?? {}, filling) };
  return {
    label,
    family,
    message,
    contact: { wa_id: message.from, user_id: message.from_user_id, ...contact },
  };
}
