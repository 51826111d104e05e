import type { Check } from "../checks/check";
import type { SmokeContext } from "./smoke-context";

/** One step of the smoke test. */
export type SmokeStep = Check<SmokeContext>;
