import type { SmokeStep } from "./smoke-step";
import { health } from "./steps/health";
import { legacy } from "./steps/legacy";
import { modern } from "./steps/modern";
import { ready } from "./steps/ready";
import { reply } from "./steps/reply";
import { send } from "./steps/send";

/** The smoke test, in its order. */
export const STEPS: readonly SmokeStep[] = [health, ready, legacy, modern, send, reply];
