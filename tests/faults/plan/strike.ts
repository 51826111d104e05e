import type { FaultSpec } from "#simulator/faults/fault";

/** What is killed with SIGKILL. */
export type Target = "server 1" | "server 2" | "engine" | "postgres";

/** Something bad that happens when the work has come so far. */
export type Strike =
  | {
      readonly kind: "kill";
      readonly at: number;
      readonly target: Target;
      /** As soon as the process is there again, which is before it can answer. */
      readonly isEarly: boolean;
      /** How long after the place is reached: what a call sets off goes on for a while. */
      readonly afterMs: number;
      /** How long PostgreSQL stays away. */
      readonly downMs: number;
    }
  /** SIGTERM to one server after the other, as a deployment does. */
  | { readonly kind: "rolling restart"; readonly at: number }
  /** Sets the clock of a server, by so much off the real time. */
  | { readonly kind: "clock"; readonly at: number; readonly server: 0 | 1; readonly shiftMs: number }
  /** Meta's side misbehaves. */
  | { readonly kind: "fault"; readonly at: number; readonly fault: FaultSpec };
