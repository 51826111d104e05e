import type { Violation } from "../oracle/evidence";
import type { Plan } from "../plan/create-plan";
import { createRandom } from "../plan/create-random";
import type { Stage } from "../stage/open-stage";
import { doWork } from "./do-work";
import { createGate } from "./gate";
import type { Ledger } from "./ledger";
import { nameStuck } from "./name-stuck";
import { phoneOf } from "./phone-of";
import { untilSettled } from "./until-settled";

const SETTLE_TIMEOUT_MS = 60_000;

/**
 * Compares the unread counts with what was written: every conversation gets an answer, which sets its count to nothing,
 * and then some people write, with duplicates and ghosts. Also shows that sends and webhooks still work after all.
 */
export async function checkUnread(stage: Stage, plan: Plan, ledger: Ledger): Promise<Violation[]> {
  const random = createRandom(plan.actions.length);
  const base = plan.actions.length;
  const answers = Array.from({ length: plan.people }, (_, person) => {
    return { number: base + person, kind: "send", person } as const;
  });
  const gate = createGate();
  gate.open(Infinity);
  await doWork(stage, answers, gate, ledger);
  await untilSettled(stage, ledger, { timeoutMs: SETTLE_TIMEOUT_MS, isSomebodyWriting: false });
  await stage.phones.addFault({ kind: "duplicate", about: "messages", probability: 0.5, count: 20 });
  await stage.phones.addFault({ kind: "ghost_unsupported", about: "messages", probability: 0.3, count: 10 });
  const expected = new Map<string, number>();
  for (let person = 0; person < plan.people; person += 1) {
    const count = random.between(0, 3);
    expected.set(phoneOf(person), count);
    for (let number = 0; number < count; number += 1) await write(stage, person, number, ledger);
  }
  await stage.phones.removeFaults();
  const open = await untilSettled(stage, ledger, { timeoutMs: SETTLE_TIMEOUT_MS, isSomebodyWriting: false });
  return [...nameStuck(open), ...(await findWrongCounts(stage, expected))];
}

async function write({ phones }: Stage, person: number, number: number, ledger: Ledger): Promise<void> {
  const body = `unread ${person} ${number}`;
  const { wamid } = await phones.sendFromPerson(phoneOf(person), { type: "text", text: { body } });
  ledger.received.set(wamid, body);
}

async function findWrongCounts({ sql }: Stage, expected: ReadonlyMap<string, number>): Promise<Violation[]> {
  const rows = await sql<{ id: string; phone: string; unread: number }[]>`
    select c.id, a.value as phone, c.unread_count as unread
    from conversations c join contact_aliases a on a.contact_id = c.contact_id and a.kind = 'wa_id'
    where a.ended_at is null`;
  return rows.flatMap(({ id, phone, unread }) => {
    const count = expected.get(phone);
    return count === unread ? [] : [{ rule: "unread", id, detail: `${unread}, and ${count} were written` }];
  });
}
