import * as v from "valibot";

const SessionNewsSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.variant("kind", [
    /** Nobody may use it any more. */
    v.object({ kind: v.literal("ended"), id: v.string() }),
    /** Some process holds its event stream now. Everybody is told of all streams in the same order. */
    v.object({ kind: v.literal("streaming"), id: v.string(), stream: v.string() }),
    /** It wants to hear of an address from the change after `seq` on. */
    v.object({ kind: v.literal("subscribed"), id: v.string(), uri: v.string(), seq: v.number() }),
    v.object({ kind: v.literal("unsubscribed"), id: v.string(), uri: v.string() }),
    /** A person answered a question; the process that asked it may be another than the one that was told. */
    v.object({
      kind: v.literal("answered"),
      id: v.string(),
      question: v.string(),
      action: v.picklist(["accept", "decline", "cancel"]),
    }),
  ]),
);

/** What the processes tell each other about a session, by its id. */
export type SessionNews = v.InferOutput<typeof SessionNewsSchema>;

/** Reads what another process told; undefined for what this version does not know. */
export function readSessionNews(payload: string): SessionNews | undefined {
  const result = v.safeParse(SessionNewsSchema, payload);
  return result.success ? result.output : undefined;
}
