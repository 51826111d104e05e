type Json = Record<string, unknown>;

/**
 * The same JSON Schema in fewer words: every tool's schemas are read by a model with every request.
 */
export function compactSchema<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(compactSchema) as T;
  if (!isObject(schema)) return schema;
  const inner = Object.entries(schema).filter(([word, value]) => !saysNothing(word, value));
  const compact = Object.fromEntries(inner.map(([word, value]) => [word, compactSchema(value)]));
  return joinNull(compact) as T;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}

function saysNothing(word: string, value: unknown): boolean {
  const isEmpty = isObject(value) && Object.keys(value).length === 0;
  switch (word) {
    // What valibot writes for a record: names are text in any case, and an empty schema allows what is allowed anyway.
    case "propertyNames":
      return isObject(value) && value.type === "string" && Object.keys(value).length === 1;
    case "additionalProperties":
      return isEmpty;
    case "required":
      return Array.isArray(value) && value.length === 0;
    default:
      return false;
  }
}

// `nullable` as an array of types, which JSON Schema has had from its first draft on.
function joinNull(schema: Json): Json {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const [value, none] = anyOf as [Json, Json];
  if (none.type !== "null" || typeof value.type !== "string" || "enum" in value) return schema;
  return { ...rest, ...value, type: [value.type, "null"] };
}
