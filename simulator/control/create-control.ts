import type { World } from "../core/world";
import { createPeopleControl } from "./people-control";
import type { SimulatorControl } from "./simulator-control";
import { createSwitchesControl } from "./switches-control";
import { createWebhooksControl } from "./webhooks-control";

/** The control methods on a world in this process. */
export function createControl(world: World): SimulatorControl {
  return { ...createPeopleControl(world), ...createWebhooksControl(world), ...createSwitchesControl(world) };
}
