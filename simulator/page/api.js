/**
 * Calls the simulator's control API.
 * @param {string} method
 * @param {string} path below /control
 * @param {unknown} [body]
 * @param {boolean} [keepalive] for calls made while the page goes away
 * @returns {Promise<any>}
 */
async function call(method, path, body, keepalive = false) {
  const init = { method, keepalive };
  if (body !== undefined) {
    Object.assign(init, { headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  }
  return read(await fetch(`/control${path}`, init));
}

async function upload(path, file) {
  const headers = { "content-type": "application/octet-stream" };
  return read(await fetch(`/control${path}`, { method: "POST", headers, body: file }));
}

async function read(answer) {
  const parsed = await answer.json();
  if (!answer.ok) throw new Error(parsed.error ?? `the simulator answered ${answer.status}`);
  return parsed;
}

const of = (waId) => `/contacts/${encodeURIComponent(waId)}`;

export const api = {
  state: () => call("GET", "/state"),
  contacts: () => call("GET", "/contacts"),
  webhooks: () => call("GET", "/webhooks?limit=200"),
  putContact: (contact) => call("POST", "/contacts", contact),
  messages: (waId, numberId) =>
    call("GET", `${of(waId)}/messages?phone_number_id=${encodeURIComponent(numberId)}`),
  send: (waId, message) => call("POST", `${of(waId)}/messages`, message),
  sendFile: (waId, details, file) => upload(`${of(waId)}/media?${new URLSearchParams(details)}`, file),
  answer: (waId, answer) => call("POST", `${of(waId)}/answers`, answer),
  react: (waId, reaction) => call("POST", `${of(waId)}/reactions`, reaction),
  played: (waId, numberId, wamid) => call("POST", `${of(waId)}/played`, { wamid, phone_number_id: numberId }),
  setOpen: (waId, numberId, open) =>
    call("POST", `${of(waId)}/chat`, { open, phone_number_id: numberId }, true),
};
