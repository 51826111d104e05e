import { ConfigError } from "./config-error";
import type { Peppers } from "./auth/peppers";
import type { Environment } from "./config-schema";

type PepperVariables = Pick<
  Environment,
  "API_KEY_PEPPER" | "API_KEY_PEPPER_VERSION" | "API_KEY_PEPPER_PREVIOUS"
>;

/**
 * The peppers that an environment names.
 *
 * @throws ConfigError when there is a pepper before the first one
 */
export function readPeppers(environment: PepperVariables): Peppers {
  const version = environment.API_KEY_PEPPER_VERSION;
  const previous = environment.API_KEY_PEPPER_PREVIOUS;
  if (previous && version === 1) {
    // Every hash there is would be taken for one with the new pepper, and every key be refused.
    throw new ConfigError(
      "The configuration cannot be used:\n  - API_KEY_PEPPER_VERSION must count up when API_KEY_PEPPER_PREVIOUS is set",
    );
  }
  return {
    current: { version, secret: environment.API_KEY_PEPPER },
    ...(previous ? { previous: { version: version - 1, secret: previous } } : {}),
  };
}
