import { asList, asObject, asText, storable, type JsonObject } from "./json";

/** A message template as Meta describes it. */
export interface TemplateDefinition {
  readonly waTemplateId: string;
  readonly name: string;
  readonly language: string;
  readonly category: string;
  readonly status: string;
  readonly quality: string | null;
  readonly parameterFormat: "POSITIONAL" | "NAMED";
  readonly components: readonly JsonObject[];
}

/** Reads one element of `GET /{waba}/message_templates`. Undefined for what is no template that could be named in a send. */
export function readTemplate(item: unknown): TemplateDefinition | undefined {
  const raw = storable(asObject(item));
  const { id, name, language, status } = raw;
  const [waTemplateId, key, code, state] = [id, name, language, status].map(asText);
  if (!waTemplateId || !key || !code || !state) return undefined;
  return {
    waTemplateId,
    name: key,
    language: code,
    category: asText(raw.category) ?? "UNKNOWN",
    status: state,
    quality: asText(asObject(raw.quality_score).score) ?? null,
    parameterFormat: raw.parameter_format === "NAMED" ? "NAMED" : "POSITIONAL",
    components: asList(raw.components).map(asObject),
  };
}
