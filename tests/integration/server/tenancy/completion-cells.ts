import { promptCatalogue } from "#server/utils/mcp/prompts/prompt-catalogue";
import { listResourceTemplates } from "#server/utils/mcp/resources/list-resource-templates";
import type { CompletionRequest } from "#server/utils/mcp/surface";
import { readIdKinds, type IdKind } from "./id-properties";
import type { World } from "./plant-world";

/** Something that can be completed: an argument of a prompt, or a place in an address. */
export interface CompletionCell {
  readonly label: string;
  readonly ref: CompletionRequest["ref"];
  readonly argument: string;
  readonly kind: IdKind;
}

/** Everything there is to complete, as the owner is shown it. */
export function listCompletionCells({ owner }: World): CompletionCell[] {
  return [
    ...promptCatalogue
      .describe(owner.principal)
      .flatMap(({ name, arguments: given }) =>
        given.map((argument) => describeCell({ type: "ref/prompt", name }, argument.name)),
      ),
    ...listResourceTemplates(owner.principal).flatMap(({ uriTemplate: uri }) =>
      [...uri.matchAll(/\{(\w+)\}/g)].map(([, place = ""]) =>
        describeCell({ type: "ref/resource", uri }, place),
      ),
    ),
  ];
}

function describeCell(ref: CompletionRequest["ref"], argument: string): CompletionCell {
  const label = `${ref.type === "ref/prompt" ? ref.name : ref.uri} ${argument}`;
  const kind = readIdKinds(label, argument)?.[0];
  if (!kind) throw new Error(`say in id-properties.ts what ${label} takes`);
  return { label, ref, argument, kind };
}
