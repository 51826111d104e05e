import { listFixedResources } from "#server/utils/mcp/resources/list-fixed-resources";
import { listResourceTemplates } from "#server/utils/mcp/resources/list-resource-templates";
import { ID_KINDS, readIdKinds, type IdKind } from "./id-properties";
import type { Party, World } from "./plant-world";

/** An address with one id in it, or with none. */
export interface ResourceKind {
  readonly template: string;
  /** The kinds of ids that fit; none for an address that names no id. */
  readonly kinds: readonly IdKind[];
  address(id: string): string;
}

const PLACE = /\{(\w+)\}/g;

/** Every kind of address there is: as the templates say, and as the owner is shown, with the numbers taken out. */
export function listResourceKinds({ owner }: World): ResourceKind[] {
  const shown = listFixedResources(owner.principal).map(({ uri }) =>
    owner.principal.grants.reduce(
      (address, { waPhoneNumberId }) => address.replace(waPhoneNumberId, "{phone_number_id}"),
      uri,
    ),
  );
  const templates = new Set([
    ...shown,
    ...listResourceTemplates(owner.principal).map(({ uriTemplate }) => uriTemplate),
  ]);
  return [...templates].map((template) => {
    const places = [...template.matchAll(PLACE)].map(([, name = ""]) => name);
    const kinds = places.map((name) => readIdKinds(template, name));
    if (places.length > 1 || kinds.includes(undefined)) {
      throw new Error(`say in id-properties.ts what stands in the braces of ${template}`);
    }
    return {
      template,
      kinds: kinds[0] ?? [],
      address: (id) => template.replace(PLACE, () => encodeURIComponent(id)),
    };
  });
}

/** Every address with something of the other client in it: every kind of id in every place, and in the id's own. */
export function listForeignAddresses(
  world: World,
  other: Party,
): { readonly label: string; readonly kind: IdKind; readonly resource: ResourceKind; readonly id: string }[] {
  return listResourceKinds(world)
    .filter(({ kinds }) => kinds.length > 0)
    .flatMap((resource) =>
      ID_KINDS.map((kind) => ({
        label: `${resource.template} of a ${kind}`,
        kind,
        resource,
        id: other.ids[kind],
      })),
    );
}
