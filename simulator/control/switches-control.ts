import { SettingsPatchSchema } from "../core/settings";
import type { World } from "../core/world";
import { FaultSchema } from "../faults/fault";
import { describeState } from "./describe-state";
import { parseInput } from "./parse-input";
import type { SimulatorControl } from "./simulator-control";

/** The control methods that are about the simulator itself. */
export type SwitchesControl = Pick<
  SimulatorControl,
  "addFault" | "listFaults" | "removeFaults" | "configure" | "state" | "reset"
>;

/** Faults, settings, the overview and the way back to nothing. */
export function createSwitchesControl(world: World): SwitchesControl {
  return {
    addFault: async (fault) => world.faults.add(parseInput(FaultSchema, fault)),
    listFaults: async () => world.faults.list(),
    async removeFaults(id) {
      const removed = world.faults.remove(id);
      if (!world.faults.list().some((fault) => fault.kind === "hold")) world.webhooks.release();
      if (id === undefined) world.webhooks.flush();
      return { removed };
    },
    async configure(input) {
      const patch = parseInput(SettingsPatchSchema, input);
      for (const [key, value] of Object.entries(patch)) {
        if (value !== undefined) Object.assign(world.settings, { [key]: value });
      }
      if (patch.seed !== undefined) world.random.reseed(patch.seed);
      if (patch.webhook_url !== undefined) world.outlet.queue.retryNow();
      world.bus.publish("settings.changed", () => world.settings);
      return describeState(world);
    },
    state: async () => describeState(world),
    async reset() {
      world.reset();
    },
  };
}
