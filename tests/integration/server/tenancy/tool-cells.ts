import type { NumberGrant } from "#server/utils/auth/principal";
import { catalogue } from "#server/utils/mcp/catalogue";
import {
  deriveArguments,
  listPaths,
  setArgument,
  type ArgumentPath,
  type Arguments,
  type ArgumentSchema,
} from "./derive-arguments";
import { ID_KINDS, PERSON_KINDS, readIdKinds, type IdKind } from "./id-properties";
import type { Constellation, Party, World } from "./plant-world";

export type RecipientPolicy = NumberGrant["recipientPolicy"];

/** One question: what does `tool` answer when this argument names something of another client? */
export interface ToolCell {
  readonly label: string;
  readonly tool: string;
  readonly kind: IdKind;
  readonly policy: RecipientPolicy;
  /** The call with an id of this kind in the argument. */
  call(id: string): Arguments;
  /** Of which kind an id that does not exist must get the same answer: as a rule the same. */
  readonly twinKind: IdKind;
}

const ANYONE: readonly RecipientPolicy[] = ["anyone"];
const POLICIES: readonly RecipientPolicy[] = ["anyone", "open_window", "allowlist", "none"];

/** Every argument of a tool that takes an id, in every shape of the call. */
export function listToolCells(
  { owner }: World,
  me: Party,
  constellation: Constellation,
  tool: string,
): ToolCell[] {
  const schema = inputSchemaOf(owner.principal, tool);
  const idPaths = listIdPaths(tool, schema);
  const writes = !catalogue.find(tool)?.hints.readOnly;
  const takesNumber = idPaths.some(({ property }) => property === "phone_number_id");
  return idPaths.flatMap(({ path, property }) => {
    const isRecipient = writes && property === "to";
    const shapes = takesNumber && property !== "phone_number_id" ? [true, false] : [true];
    return shapes.flatMap((withNumber) =>
      // Which number is meant is decided before to whom it may write.
      (isRecipient && withNumber ? POLICIES : ANYONE).flatMap((policy) =>
        ID_KINDS.map((kind): ToolCell => {
          // The first to write to a person owns the conversation, so whoever may write to anyone finds out that a person on the
          // same number is taken. It must look as if there were no such person, and tell no more than that.
          const isTaken =
            isRecipient &&
            withNumber &&
            constellation === "shared" &&
            policy === "anyone" &&
            PERSON_KINDS.includes(kind);
          return {
            label: `${path.join(".")} = a ${kind}${withNumber ? "" : ", no number"}${isRecipient ? `, to ${policy}` : ""}`,
            tool,
            kind,
            twinKind: isTaken ? "contact" : kind,
            policy,
            call: (id) =>
              setArgument(
                schema,
                ownArguments(tool, schema, me, withNumber, property),
                path,
                id,
              ) as Arguments,
          };
        }),
      ),
    );
  });
}

/** One of several arguments that a tool wants one of. */
const ALSO_GIVEN: Readonly<Record<string, string>> = {
  get_media_url: "media_id",
  send_media: "media_id",
  send_interactive: "media_id",
  send_template: "media_id",
  mark_read: "conversation_id",
};

/** What is given instead of that, and never with it. */
const INSTEAD: Readonly<Record<string, string>> = { mark_read: "message_id" };

/** What a tool wants that its schema does not say: the payload's own schema does. */
const CONTENT: Readonly<Record<string, Arguments>> = {
  send_interactive: { type: "buttons", header: { type: "image" }, buttons: [{ id: "1", title: "Yes" }] },
  send_contacts: { contacts: [{ name: { formatted_name: "Ada" } }] },
  send_template: { header: { type: "image" } },
  send_reaction: { emoji: "\u{1F44D}" },
};

/** What a tool is called with when nothing is wrong: what it requires, with the caller's own ids. */
export function ownArguments(
  tool: string,
  schema: ArgumentSchema,
  me: Party,
  withNumber: boolean,
  /** What is set afterwards. */
  asked?: string,
): Arguments {
  let given: Arguments = { ...deriveArguments(schema), ...CONTENT[tool] };
  const also = asked !== undefined && asked === INSTEAD[tool] ? undefined : ALSO_GIVEN[tool];
  for (const { path, property, kinds } of listIdPaths(tool, schema)) {
    const isRequired = path.reduce<unknown>((inner, step) => (inner as Arguments | undefined)?.[step], given);
    const isNumber = property === "phone_number_id" && withNumber;
    if (isRequired === undefined && !isNumber && property !== also) continue;
    const own = isNumber ? me.number.waPhoneNumberId : me.ids[kinds[0] ?? "number"];
    given = setArgument(schema, given, path, own) as Arguments;
  }
  return given;
}

export function inputSchemaOf(principal: Party["principal"], tool: string): ArgumentSchema {
  const found = catalogue.describe(principal).find(({ name }) => name === tool);
  if (!found) throw new Error(`the owner does not see ${tool}`);
  return found.inputSchema as unknown as ArgumentSchema;
}

export interface IdPath {
  readonly path: ArgumentPath;
  readonly property: string;
  readonly kinds: readonly IdKind[];
}

/** The arguments of a tool that take an id, at any depth. */
export function listIdPaths(tool: string, schema: ArgumentSchema): IdPath[] {
  return listPaths(schema).flatMap((path) => {
    const property = String(path.findLast((step) => step !== 0));
    const kinds = readIdKinds(tool, property);
    return kinds ? [{ path, property, kinds }] : [];
  });
}
