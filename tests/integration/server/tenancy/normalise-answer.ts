const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SEALED = /^[\w-]{22}(?:[\w-]{54})?$/;

/**
 * An answer without what differs from one call to the next: the request's id, ids of what the call made, sealed cursors.
 *
 * @param planted the ids that were there before; they stay as they are
 */
export function normaliseAnswer(answer: unknown, planted: ReadonlySet<string>, name = ""): unknown {
  if (typeof answer === "string") {
    if (UUID.test(answer) && !planted.has(answer)) return "<new id>";
    return name === "cursor" && SEALED.test(answer) ? "<cursor>" : answer;
  }
  if (Array.isArray(answer)) return answer.map((item) => normaliseAnswer(item, planted));
  if (typeof answer !== "object" || answer === null) return answer;
  return Object.fromEntries(
    Object.entries(answer)
      .filter(([key]) => key !== "request_id")
      .map(([key, value]) => [key, normaliseAnswer(value, planted, key)]),
  );
}
