import type { SimulatorControl } from "./simulator-control";

type Query = Record<string, string | number | boolean | undefined>;

/** The control methods over HTTP, for a simulator in another process. */
export function createControlClient(simulatorUrl: string): SimulatorControl {
  const base = `${simulatorUrl.replace(/\/$/, "")}/control`;
  const get = <T>(path: string, query: Query = {}) => call<T>("GET", base + path + search(query));
  const post = <T>(path: string, body: unknown = {}) => call<T>("POST", base + path, body);
  const of = (person: string) => `/contacts/${encodeURIComponent(person)}`;
  return {
    putContact: (contact) => post("/contacts", contact),
    listContacts: () => get("/contacts"),
    sendFromPerson: (person, message) => post(`${of(person)}/messages`, message),
    sendMediaFromPerson: (person, media) => post(`${of(person)}/media`, media),
    sendBytesFromPerson: (person, details, bytes) =>
      upload(`${base}${of(person)}/media${search(details)}`, bytes),
    answerMessage: (person, answer) => post(`${of(person)}/answers`, answer),
    reactFromPerson: (person, reaction) => post(`${of(person)}/reactions`, reaction),
    markPlayed: async (person, wamid, id) =>
      void (await post(`${of(person)}/played`, { wamid, phone_number_id: id })),
    readMedia: (id) => download(`${base}/media/${encodeURIComponent(id)}`),
    putTemplate: (template) => post("/templates", template),
    listTemplates: () => get("/templates"),
    removeTemplate: async (id) => void (await call("DELETE", `${base}/templates/${encodeURIComponent(id)}`)),
    changeNumber: (id, change) => post(`/numbers/${encodeURIComponent(id)}`, change),
    sendAccountWebhook: async (webhook) => void (await post("/account/webhooks", webhook)),
    advanceClock: (advanceMs) => post("/clock", { advance_ms: advanceMs }),
    listMessages: (person, id) => get(`${of(person)}/messages`, { phone_number_id: id }),
    setChatOpen: async (person, open, id) =>
      void (await post(`${of(person)}/chat`, { open, phone_number_id: id })),
    markRead: async (person, options = {}) => void (await post(`${of(person)}/read`, options)),
    setWindow: (person, open, id) => post(`${of(person)}/window`, { open, phone_number_id: id }),
    arrivals: (filter = {}) => get("/arrivals", filter),
    webhooks: (filter = {}) => get("/webhooks", filter),
    sendRawWebhook: (webhook) => post("/webhooks", webhook),
    releaseWebhooks: () => post("/webhooks/release"),
    retryWebhooks: async () => void (await post("/webhooks/retry")),
    verifyWebhook: () => post("/verify-webhook"),
    addFault: (fault) => post("/faults", fault),
    listFaults: () => get("/faults"),
    removeFaults: (id) =>
      call("DELETE", `${base}/faults${id === undefined ? "" : `/${encodeURIComponent(id)}`}`),
    configure: (patch) => post("/settings", patch),
    state: () => get("/state"),
    reset: async () => void (await post("/reset")),
  };
}

async function call<T>(method: string, url: string, body?: unknown): Promise<T> {
  const init =
    body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return read<T>(await fetch(url, { method, ...init }), method);
}

async function upload<T>(url: string, bytes: Uint8Array): Promise<T> {
  const headers = { "content-type": "application/octet-stream" };
  return read<T>(await fetch(url, { method: "POST", headers, body: Buffer.from(bytes) }), "POST");
}

async function read<T>(answer: Response, method: string): Promise<T> {
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`${method} ${new URL(answer.url).pathname} answered ${answer.status}: ${text}`);
  return JSON.parse(text) as T;
}

async function download(url: string) {
  const answer = await fetch(url);
  if (!answer.ok) await read(answer, "GET");
  const filename = decodeURIComponent(answer.headers.get("x-filename") ?? "");
  return {
    mime_type: answer.headers.get("x-mime-type") ?? "",
    filename: filename === "" ? null : filename,
    bytes: Buffer.from(await answer.arrayBuffer()),
  };
}

function search(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(key, String(value));
  }
  return parameters.size === 0 ? "" : `?${parameters}`;
}
