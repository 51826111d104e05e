import type { Transaction } from "#db/client";
import { countFitting } from "../count-fitting";
import { cutText } from "../cut-text";
import { readPageCursor, writePageCursor } from "../page-cursor";
import { describeTemplate, type DescribedTemplate } from "./describe-template";
import { listTemplates, type TemplateFilter, type TemplateRow } from "./store";

export interface TemplatePage {
  readonly templates: ListedTemplate[];
  readonly next_cursor: string | null;
}

/** A template in a list; `truncated` where its body is longer than what is shown. */
type ListedTemplate = {
  readonly [Key in keyof DescribedTemplate]: DescribedTemplate[Key];
} & { readonly truncated?: true };

const LIMIT = 50;
const BODY_LIMIT_BYTES = 300;

/** A number's templates by name and language, as many as one answer holds. */
export async function pageTemplates(
  tx: Transaction,
  phoneNumberId: string,
  filter: Pick<TemplateFilter, "name" | "language" | "status">,
  cursor: string | undefined,
): Promise<TemplatePage> {
  const afterId = cursor === undefined ? undefined : readPageCursor(cursor).id;
  const rows = await listTemplates(tx, phoneNumberId, { ...filter, afterId, limit: LIMIT + 1 });
  const views = rows.slice(0, LIMIT).map(listTemplate);
  const page = views.slice(0, countFitting(views));
  const end = page.length < rows.length ? rows[page.length - 1] : undefined;
  return { templates: page, next_cursor: end ? writePageCursor({ rank: 0, id: end.id }) : null };
}

function listTemplate(row: TemplateRow): ListedTemplate {
  const described = describeTemplate(row);
  const body = described.body && cutText(described.body, BODY_LIMIT_BYTES);
  return { ...described, body, ...(body === described.body ? {} : { truncated: true }) };
}
