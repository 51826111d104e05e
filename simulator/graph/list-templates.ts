import type { JsonObject } from "../core/json-object";
import { describeTemplate } from "../templates/describe-template";
import type { Template } from "../templates/template";
import type { GraphCall } from "./define-graph-handler";
import { GraphError } from "./graph-error";

const DEFAULT_LIMIT = 25;

/** The account's templates, filtered and in pages. A cursor is good as long as the template it names is there. */
export function listTemplates(
  { world, event, version }: GraphCall,
  query: Record<string, unknown>,
): JsonObject {
  const matching = world.templates.list().filter((template) => matches(template, query));
  const limit = readLimit(query.limit);
  const start = startOf(world.templates.list(), matching, query, limit);
  const page = matching.slice(start, start + limit);
  const { fields } = query;
  const wanted = typeof fields === "string" ? fields.split(",") : undefined;
  const data = page.map((template) => describeTemplate(template, wanted));
  const [first, last] = [page[0], page.at(-1)];
  if (first === undefined || last === undefined) return { data };
  const cursors = { before: toCursor(first), after: toCursor(last) };
  const link = (name: "before" | "after") => {
    const url = new URL(event.path, world.address.url);
    for (const cursor of ["before", "after", "access_token"]) url.searchParams.delete(cursor);
    url.searchParams.set(name, cursors[name]);
    return `${world.address.url}/${version}/${world.wabaId}/message_templates${url.search}`;
  };
  return {
    data,
    paging: {
      cursors,
      ...(start + limit < matching.length ? { next: link("after") } : {}),
      ...(start > 0 ? { previous: link("before") } : {}),
    },
  };
}

function matches(template: Template, query: Record<string, unknown>): boolean {
  const wanted: [unknown, string][] = [
    [query.status, template.status],
    [query.category, template.category],
    [query.language, template.language],
    [query.quality_score, template.quality],
  ];
  if (wanted.some(([filter, value]) => !includes(filter, value))) return false;
  return typeof query.name !== "string" || template.name.includes(query.name);
}

/** A filter is one value, or several between commas or in a JSON list. */
function includes(filter: unknown, value: string): boolean {
  if (typeof filter !== "string" || filter === "") return true;
  const values = filter.replace(/[[\]"']/g, "").split(",");
  return values.some((one) => one.trim().toUpperCase() === value.toUpperCase());
}

function readLimit(value: unknown): number {
  if (value === undefined) return DEFAULT_LIMIT;
  const limit = Number(value);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new GraphError(100, { message: "(#100) Param limit must be a whole number above zero." });
}

function startOf(
  all: Template[],
  matching: Template[],
  query: Record<string, unknown>,
  limit: number,
): number {
  if (query.after !== undefined) {
    const index = indexOf(all, query.after);
    const next = matching.findIndex((template) => all.indexOf(template) > index);
    return next === -1 ? matching.length : next;
  }
  if (query.before === undefined) return 0;
  const index = indexOf(all, query.before);
  const end = matching.filter((template) => all.indexOf(template) < index).length;
  return Math.max(0, end - limit);
}

function indexOf(all: Template[], cursor: unknown): number {
  const id = Buffer.from(String(cursor), "base64url").toString("latin1").replace(/^t:/, "");
  const index = all.findIndex((template) => template.id === id);
  if (index === -1) throw new GraphError(131059, { details: "This cursor is not one of the account's" });
  return index;
}

function toCursor({ id }: Template): string {
  return Buffer.from(`t:${id}`).toString("base64url");
}
