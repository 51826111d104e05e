import * as v from "valibot";
import type { Peppers } from "./auth/peppers";
import { EnvironmentSchema } from "./config-schema";
import { readEnvironment } from "./read-environment";
import { readPeppers } from "./read-peppers";

/** What the admin's commands need: the server's database and peppers, and none of Meta's secrets. */
export interface AdminConfig {
  readonly databaseUrl: string;
  readonly peppers: Peppers;
}

const AdminEnvironmentSchema = v.pick(EnvironmentSchema, [
  "DATABASE_URL",
  "API_KEY_PEPPER",
  "API_KEY_PEPPER_VERSION",
  "API_KEY_PEPPER_PREVIOUS",
]);

/**
 * Reads the admin's part of the configuration.
 *
 * @throws ConfigError that lists every missing or malformed name at once, without values
 */
export function readAdminConfig(environment: Readonly<Record<string, string | undefined>>): AdminConfig {
  const values = readEnvironment(AdminEnvironmentSchema, environment);
  return { databaseUrl: values.DATABASE_URL, peppers: readPeppers(values) };
}
