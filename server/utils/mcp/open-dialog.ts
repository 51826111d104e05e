import type { Principal } from "../auth/principal";
import type { AskPerson, SystemContext } from "../context";
import type { ClientLink } from "./client-link";
import { createAskPerson } from "./create-ask-person";
import { createStateSeal } from "./create-state-seal";

/** How one call can put questions to a person, and what it was asked in an earlier round. */
export interface Dialog {
  readonly askPerson?: AskPerson;
  readonly askedAboutId?: string;
}

export interface DialogCall {
  readonly principal: Principal;
  readonly name: string;
  readonly arguments: unknown;
}

/** Opens the dialog of a call; undefined when it brings a state that was not sealed for it, or too long ago. */
export function openDialog(
  { config, clock }: Pick<SystemContext, "config" | "clock">,
  link: ClientLink,
  call: DialogCall,
): Dialog | undefined {
  const seal = createStateSeal(config.apiKeyPeppers, {
    keyId: call.principal.keyId,
    tool: call.name,
    arguments: call.arguments,
  });
  const state = link.retry?.requestState;
  const askedAboutId = state === undefined ? undefined : seal.open(state, clock.now());
  if (state !== undefined && askedAboutId === undefined) return undefined;
  const askPerson = createAskPerson(link, {
    askedAboutId,
    seal: (aboutId) => seal.seal(aboutId, clock.now()),
  });
  return { ...(askPerson ? { askPerson } : {}), ...(askedAboutId === undefined ? {} : { askedAboutId }) };
}
