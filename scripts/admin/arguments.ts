/** An argument of a command. */
export type ArgumentDef =
  | { readonly type: "positional"; readonly description: string; readonly required?: true }
  | {
      readonly type: "text";
      readonly description: string;
      /** What the value is, for the help. */
      readonly hint: string;
      readonly alias?: string;
      readonly required?: true;
      /** May be given more than once. */
      readonly many?: true;
    }
  | { readonly type: "choice"; readonly description: string; readonly options: readonly string[] }
  | { readonly type: "flag"; readonly description: string };

export type ArgumentDefs = Readonly<Record<string, ArgumentDef>>;

type ArgumentValue<Def extends ArgumentDef> = Def extends { type: "flag" }
  ? boolean
  : Def extends { many: true }
    ? readonly string[] | undefined
    : Def extends { type: "choice" }
      ? Def["options"][number] | undefined
      : Def extends { required: true }
        ? string
        : string | undefined;

/** What was given for each argument; undefined where nothing was. */
export type ArgumentValues<Defs extends ArgumentDefs> = {
  readonly [Name in keyof Defs]: ArgumentValue<Defs[Name]>;
};
