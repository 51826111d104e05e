import { createPatientClient, type PatientClient } from "#tests/helpers/stack/call-until-answered";
import type { Action } from "../plan/action";
import type { Stage } from "../stage/open-stage";
import type { Gate } from "./gate";
import type { Ledger } from "./ledger";
import { phoneOf } from "./phone-of";

const WORKERS = 10;

/** Does the work with several clients at once, each piece when the gate lets it. Returns how many calls were made again. */
export async function doWork(
  stage: Stage,
  actions: readonly Action[],
  gate: Gate,
  ledger: Ledger,
): Promise<number> {
  // Two each: a call may be made twice at once.
  const clients = Array.from({ length: WORKERS }, () => [
    createPatientClient(stage.stack),
    createPatientClient(stage.stack),
  ]);
  let next = 0;
  const work = async (own: readonly PatientClient[]): Promise<void> => {
    for (let action = actions[next++]; action; action = actions[next++]) {
      if (!(await gate.untilOpen(action.number))) return;
      if (action.kind === "receive") await receive(stage, action, ledger);
      else await send(action.kind === "send" ? own.slice(0, 1) : own, action, ledger);
      gate.pass();
    }
  };
  try {
    await Promise.all(clients.map(work));
    return clients.flat().reduce((sum, { repeats }) => sum + repeats, 0);
  } finally {
    await Promise.all(clients.flat().map((client) => client.close()));
  }
}

async function send(clients: readonly PatientClient[], action: Action, ledger: Ledger): Promise<void> {
  const key = `send-${action.number}`;
  const expiry = action.expiresInS === undefined ? {} : { expires_in_s: action.expiresInS };
  const args = { to: `+${phoneOf(action.person)}`, body: key, idempotency_key: key, ...expiry };
  const answers = await Promise.all(clients.map((client) => client.call("send_message", args)));
  const ids = [...new Set(answers.map((answer) => String(answer.message_id)))];
  if (ids.length > 1) ledger.torn.push({ key, ids });
  for (const id of ids) ledger.sent.set(key, id);
}

async function receive({ phones }: Stage, action: Action, ledger: Ledger): Promise<void> {
  const body = `answer ${action.number}`;
  const { wamid } = await phones.sendFromPerson(phoneOf(action.person), { type: "text", text: { body } });
  ledger.received.set(wamid, body);
}
