/** Thrown when the environment does not describe what is to run. The message names every problem and no value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
