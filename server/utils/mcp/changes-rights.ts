import type { Principal } from "../auth/principal";

/** Whether a key may call, or see, something else than before: then a call that waits may not go on by what it began with. */
export function changesRights(former: Principal, next: Principal): boolean {
  return JSON.stringify(describeRights(former)) !== JSON.stringify(describeRights(next));
}

function describeRights({ isOwner, scopes, grants }: Principal): unknown {
  return [
    isOwner,
    scopes,
    grants.map(({ phoneNumberId, tools, visibility }) => [phoneNumberId, tools, visibility]),
  ];
}
