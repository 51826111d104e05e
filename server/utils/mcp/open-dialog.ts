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

/**
 * Opens the dialog of a call; undefined when it brings a state that was not sealed for it. A state that is too old still says
 * what the call is about, which is asked again: a call without it would be another message.
 *
 * @throws AppError `invalid_arguments` for arguments that no state can be bound to
 */
export function openDialog(
  { config, clock }: Pick<SystemContext, "config" | "clock">,
  link: ClientLink,
  call: DialogCall,
): Dialog | undefined {
  const { clientId, limitsKeyId } = call.principal;
  const binding = { clientId, limitsKeyId, tool: call.name, arguments: call.arguments };
  const state = link.retry?.requestState;
  const seal = createStateSeal(config.apiKeyPeppers, binding);
  const opened = state === undefined ? undefined : seal.open(state, clock.now());
  if (state !== undefined && !opened) return undefined;
  const askPerson = createAskPerson(link, {
    answeredAboutId: opened?.isFresh ? opened.aboutId : undefined,
    seal: (aboutId) => seal.seal(aboutId, clock.now()),
  });
  return { ...(askPerson ? { askPerson } : {}), ...(opened ? { askedAboutId: opened.aboutId } : {}) };
}
