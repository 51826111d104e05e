import type { JsonObject } from "../core/json-object";
import type { Change } from "./change";

/** How several updates share one body. */
export type BatchShape = "changes" | "entries" | "merged";

/** Meta's envelope (reference 3.4) around one or more updates of a WhatsApp business account. */
export function wrapChanges(wabaId: string, changes: Change[], shape: BatchShape = "changes"): JsonObject {
  const parts = (shape === "merged" ? merge(changes) : changes).map(({ field, value }) => ({ value, field }));
  const timeS = changes.find((change) => change.timeS !== undefined)?.timeS;
  const head = { id: wabaId, ...(timeS === undefined ? {} : { time: timeS }) };
  const entry =
    shape === "entries" ? parts.map((part) => ({ ...head, changes: [part] })) : [{ ...head, changes: parts }];
  return { object: "whatsapp_business_account", entry };
}

/** One `value` per number and field, with the arrays of all. */
function merge(changes: Change[]): Pick<Change, "field" | "value">[] {
  const groups = new Map<string, { field: string; value: JsonObject }>();
  for (const { phoneNumberId, field, value } of changes) {
    const key = `${phoneNumberId} ${field}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { field, value: { ...value } });
    else append(group.value, value);
  }
  return [...groups.values()];
}

function append(target: JsonObject, source: JsonObject): void {
  for (const [key, value] of Object.entries(source)) {
    if (!Array.isArray(value)) continue;
    const present: unknown = target[key];
    const known = Array.isArray(present) ? (present as unknown[]) : [];
    // The same person's contact card stands once, as in Meta's own batches.
    const seen = new Set(known.map((item) => JSON.stringify(item)));
    target[key] = [
      ...known,
      ...value.filter((item) => key !== "contacts" || !seen.has(JSON.stringify(item))),
    ];
  }
}
