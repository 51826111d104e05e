import * as v from "valibot";
import type { JsonObject } from "../json";
import { boundedText } from "./bounded-text";
import { ListHeaderSchema } from "./interactive-header";
import { listOf } from "./list-of";
import { noTwins } from "./no-twins";

/** Meta's pages say 4,096, its OpenAPI 1,024: the message's own page is the newer one. */
export const LIST_BODY_LIMIT = 4096;
export const LIST_BUTTON_LIMIT = 20;
export const SECTIONS_LIMIT = 10;
/** In all sections together. */
export const ROWS_LIMIT = 10;
export const SECTION_TITLE_LIMIT = 24;
export const ROW_ID_LIMIT = 200;
export const ROW_TITLE_LIMIT = 24;
export const ROW_DESCRIPTION_LIMIT = 72;
export const FOOTER_LIMIT = 60;

const RowSchema = v.strictObject({
  id: boundedText(ROW_ID_LIMIT),
  title: boundedText(ROW_TITLE_LIMIT),
  description: v.optional(boundedText(ROW_DESCRIPTION_LIMIT)),
});
const SectionSchema = v.strictObject({
  title: v.optional(boundedText(SECTION_TITLE_LIMIT)),
  rows: listOf(RowSchema, 1, ROWS_LIMIT),
});
type Sections = v.InferOutput<typeof SectionSchema>[];

const countRows = (sections: Sections): number => sections.reduce((sum, { rows }) => sum + rows.length, 0);

export const ListSchema = v.strictObject({
  type: v.literal("list"),
  header: v.optional(ListHeaderSchema),
  body: boundedText(LIST_BODY_LIMIT),
  footer: v.optional(boundedText(FOOTER_LIMIT)),
  button: boundedText(LIST_BUTTON_LIMIT),
  sections: v.pipe(
    listOf(SectionSchema, 1, SECTIONS_LIMIT),
    v.check(
      (sections) => countRows(sections) <= ROWS_LIMIT,
      ({ input }) => `must have at most ${ROWS_LIMIT} rows in all sections, has ${countRows(input)}`,
    ),
    v.check(
      (sections) => sections.length === 1 || sections.every(({ title }) => title !== undefined),
      "each need a title where there is more than one",
    ),
    noTwins<Sections>((sections) => sections.flatMap(({ rows }) => rows.map(({ id }) => id)), "row id"),
  ),
});

/** The object `action` of a list. */
export function buildListAction({ button, sections }: v.InferOutput<typeof ListSchema>): JsonObject {
  return { button, sections };
}
