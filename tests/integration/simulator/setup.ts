import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { defaultSettings } from "#simulator/core/settings";
import { type Simulator, startSimulator } from "#simulator/start-simulator";
import { type Received, type Receiver, startReceiver } from "./receiver";

export const NUMBER = "106540352242922";
export const OTHER_NUMBER = "106540352242923";
export const WABA = "102290129340398";
export const PERSON = "16505551234";
export const ACCESS_TOKEN = "EAAtest";
const APP_SECRET = "app-secret";
export const VERIFY_TOKEN = "verify-me";

/** An element of `entry[].changes[].value`, loosely typed. */
export interface Value {
  metadata?: { phone_number_id: string; display_phone_number: string };
  contacts?: { profile: { name: string; username?: string }; wa_id?: string; user_id?: string }[];
  messages?: Record<string, unknown>[];
  statuses?: Record<string, unknown>[];
}

/** What the tests of a file share: one simulator and one business, fresh before each test. */
export interface Stage {
  simulator: Simulator;
  receiver: Receiver;
  /** POSTs to `/v23.0/{number}/messages`. */
  post(body: unknown, options?: { token?: string | null; number?: string; raw?: string }): Promise<Response>;
  /** Sends a text to PERSON and gives the wamid. */
  sendText(body: string, extra?: Record<string, unknown>): Promise<string>;
  get(path: string, init?: RequestInit): Promise<Response>;
  values(): Value[];
  statuses(): Record<string, unknown>[];
  messages(): Record<string, unknown>[];
}

/** Registers the hooks and hands out the stage. */
export function useStage(): Stage {
  const stage = {
    post(body, { token = ACCESS_TOKEN, number = NUMBER, raw } = {}) {
      return stage.get(`/v23.0/${number}/messages`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: raw ?? JSON.stringify(body),
      });
    },
    async sendText(body, extra = {}) {
      const answer = await stage.post(textTo(`+${PERSON}`, body, extra));
      const parsed = (await answer.json()) as { messages?: { id: string }[]; error?: unknown };
      const id = parsed.messages?.[0]?.id;
      if (id === undefined) throw new Error(`send refused: ${JSON.stringify(parsed)}`);
      return id;
    },
    get(path, init) {
      const headers = { authorization: `Bearer ${ACCESS_TOKEN}` };
      return fetch(stage.simulator.url + path, init ?? { headers });
    },
    values: () => stage.receiver.received.flatMap(valuesOf),
    statuses: () => stage.values().flatMap(({ statuses }) => statuses ?? []),
    messages: () => stage.values().flatMap(({ messages }) => messages ?? []),
  } as Stage;

  beforeAll(async () => {
    stage.receiver = await startReceiver(VERIFY_TOKEN);
    stage.simulator = await startSimulator({
      appSecret: APP_SECRET,
      verifyToken: VERIFY_TOKEN,
      accessToken: ACCESS_TOKEN,
      numbers: [
        { id: NUMBER, display: "+1 555-078-3881" },
        { id: OTHER_NUMBER, display: "919812345678" },
      ],
      wabaId: WABA,
    });
  });
  beforeEach(async () => {
    stage.receiver.renew();
    await stage.simulator.reset();
    await stage.simulator.configure({
      ...defaultSettings(),
      speed: 10,
      window: "off",
      webhook_url: stage.receiver.url,
    });
  });
  afterAll(async () => {
    await stage.simulator.close();
    await stage.receiver.stop();
  });
  return stage;
}

/** A text message as the business sends it. */
export function textTo(to: string, body: string, extra: Record<string, unknown> = {}) {
  return {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    to,
    type: "text",
    text: { body },
    ...extra,
  };
}

/** The values in a webhook's body. */
export function valuesOf({ body }: Received): Value[] {
  const parsed = JSON.parse(body) as { entry: { changes: { value: Value }[] }[] };
  return parsed.entry.flatMap(({ changes }) => changes.map(({ value }) => value));
}

/** The signature a business computes for what it got. */
export function expectedSignature({ body }: Received): string {
  return `sha256=${createHmac("sha256", APP_SECRET).update(body).digest("hex")}`;
}
