import type { Peppers } from "./auth/peppers";
import type { Environment } from "./config-schema";

type PepperVariables = Pick<
  Environment,
  "API_KEY_PEPPER" | "API_KEY_PEPPER_VERSION" | "API_KEY_PEPPER_PREVIOUS"
>;

/** The peppers that an environment names. */
export function readPeppers(environment: PepperVariables): Peppers {
  const version = environment.API_KEY_PEPPER_VERSION;
  const previous = environment.API_KEY_PEPPER_PREVIOUS;
  return {
    current: { version, secret: environment.API_KEY_PEPPER },
    ...(previous ? { previous: { version: version - 1, secret: previous } } : {}),
  };
}
