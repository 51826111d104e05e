import { askGraph, type GraphDoor } from "./ask-graph";
import { asList, asObject, asText } from "./json";
import { readTemplate, type TemplateDefinition } from "./read-template";

export interface TemplateSource extends GraphDoor {
  readonly wabaId: string;
}

/** Why Meta did not list the templates, by its code or in our words. */
export interface TemplateFailure {
  readonly reason: string;
}

const FIELDS = "id,name,language,category,status,quality_score,parameter_format,components";
const PAGE_LIMIT = 100;
// An account has 6,000 templates at most (Meta, "Templates").
const PAGES_LIMIT = 100;

/** All templates of a business account, page by page. An answer that is not whole is a failure: what is missing would seem gone. */
export async function fetchTemplates(
  source: TemplateSource,
): Promise<readonly TemplateDefinition[] | TemplateFailure> {
  const found: TemplateDefinition[] = [];
  let after: string | undefined;
  for (let page = 0; page < PAGES_LIMIT; page += 1) {
    const answer = await fetchPage(source, after);
    if ("reason" in answer) return answer;
    found.push(...answer.items.flatMap((item) => readTemplate(item) ?? []));
    if (answer.after === undefined) return found;
    // The same cursor again would never end.
    if (answer.after === after) return { reason: "its pages do not end" };
    after = answer.after;
  }
  return { reason: "its pages do not end" };
}

interface Page {
  readonly items: readonly unknown[];
  readonly after: string | undefined;
}

async function fetchPage(source: TemplateSource, after: string | undefined): Promise<Page | TemplateFailure> {
  const query = new URLSearchParams({ fields: FIELDS, limit: String(PAGE_LIMIT) });
  // The cursor and not `paging.next`: the token goes to no address that an answer names.
  if (after !== undefined) query.set("after", after);
  const answer = await askGraph(source, { path: `${source.wabaId}/message_templates?${query.toString()}` });
  if (!answer) return { reason: "no answer" };
  const { httpStatus, code, body } = answer;
  if (httpStatus !== 200) return { reason: `code ${code ?? httpStatus}` };
  if (!Array.isArray(body.data)) return { reason: "no list" };
  const paging = asObject(body.paging);
  const next = paging.next === undefined ? undefined : asText(asObject(paging.cursors).after);
  return { items: asList(body.data), after: next };
}
