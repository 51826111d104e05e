import { readTemplateParameters, type TemplateParameters } from "../../meta/template-parameters";
import { unsendablePart } from "../../meta/unsendable-part";
import { readPartText } from "./read-part-text";
import type { TemplateRow } from "./store";

/** A template as a client sees it: what it says, and what a send has to give. */
export interface DescribedTemplate {
  readonly name: string;
  readonly language: string;
  readonly status: string;
  readonly category: string;
  readonly params: TemplateParameters;
  /** What it holds that cannot be sent from here. */
  readonly not_sendable?: string;
  readonly body: string | undefined;
}

export function describeTemplate(row: TemplateRow): DescribedTemplate {
  const { name, language, status, category, components } = row;
  const part = unsendablePart(components);
  return {
    name,
    language,
    status,
    category,
    params: readTemplateParameters({ category, components }),
    ...(part === undefined ? {} : { not_sendable: part }),
    body: readPartText(row, "BODY"),
  };
}
