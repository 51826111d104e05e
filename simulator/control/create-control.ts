import type { World } from "../core/world";
import { createAccountControl } from "./account-control";
import { createActionsControl } from "./actions-control";
import { createPeopleControl } from "./people-control";
import type { SimulatorControl } from "./simulator-control";
import { createSwitchesControl } from "./switches-control";
import { createWebhooksControl } from "./webhooks-control";

/** The control methods on a world in this process. */
export function createControl(world: World): SimulatorControl {
  return {
    ...createPeopleControl(world),
    ...createActionsControl(world),
    ...createAccountControl(world),
    ...createWebhooksControl(world),
    ...createSwitchesControl(world),
  };
}
