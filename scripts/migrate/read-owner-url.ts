import * as v from "valibot";
import { EnvironmentSchema } from "#server/utils/config-schema";
import { readEnvironment } from "#server/utils/read-environment";

const OwnerSchema = v.partial(v.pick(EnvironmentSchema, ["DATABASE_OWNER_URL", "DATABASE_URL"]));

/**
 * The login that migrations run as: the owner's, else the only one there is.
 *
 * @throws ConfigError when neither is set, without values
 */
export function readOwnerUrl(environment: Readonly<Record<string, string | undefined>>): string {
  const values = readEnvironment(OwnerSchema, environment, (found) =>
    found.DATABASE_OWNER_URL || found.DATABASE_URL ? [] : ["DATABASE_OWNER_URL is missing"],
  );
  return values.DATABASE_OWNER_URL ?? values.DATABASE_URL ?? "";
}
