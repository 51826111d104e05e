import { parseArgs } from "node:util";
import type { MessageFilter } from "./follow-messages";

/** What the command line asks for. */
export type Command =
  | { readonly kind: "bridge" | "check" | "help" }
  | { readonly kind: "watch"; readonly filter: MessageFilter; readonly since: "now" | "unread" };

const NUMBER_ID = /^\d{1,32}$/;
const CONVERSATION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads the arguments after the script's name; `undefined` when one of them is not known or not usable. */
export function readArguments(argv: readonly string[]): Command | undefined {
  const [first, ...rest] = argv;
  if (first === "watch") return readWatch(rest);
  const values = parse(argv, { check: { type: "boolean" }, help: { type: "boolean", short: "h" } });
  if (values === undefined) return undefined;
  if (values.help) return { kind: "help" };
  return { kind: values.check ? "check" : "bridge" };
}

function readWatch(argv: readonly string[]): Command | undefined {
  const values = parse(argv, {
    number: { type: "string" },
    conversation: { type: "string" },
    since: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (values === undefined) return undefined;
  const { number, conversation, since = "now", help } = values;
  if (help) return { kind: "help" };
  if (since !== "now" && since !== "unread") return undefined;
  if (number !== undefined && !NUMBER_ID.test(String(number))) return undefined;
  if (conversation !== undefined && !CONVERSATION_ID.test(String(conversation))) return undefined;
  const filter = {
    ...(number !== undefined && { phone_number_id: String(number) }),
    ...(conversation !== undefined && { conversation_id: String(conversation) }),
  };
  return { kind: "watch", filter, since };
}

type Options = Record<string, { readonly type: "boolean" | "string"; readonly short?: string }>;

function parse(argv: readonly string[], options: Options): Record<string, unknown> | undefined {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch {
    return undefined;
  }
}
