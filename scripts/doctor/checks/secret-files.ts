import { stat } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentSchema } from "#server/utils/config-schema";
import type { DoctorCheck } from "../doctor-check";

const OTHERS = 0o007;
const REFERENCE = /^secrets:\/\/(.+)$/;

/** Files that a value of the environment refers to belong to the server's user alone. */
export const secretFiles: DoctorCheck = {
  id: "secret-files",
  title: "Files of secrets",
  needs: [],
  async run({ env }) {
    const names = Object.keys(EnvironmentSchema.entries).flatMap(
      (name) => REFERENCE.exec(env[name] ?? "")?.[1] ?? [],
    );
    if (names.length === 0) return { status: "skipped", says: "No value is a file (secrets://name)." };
    const folder = env.SECRETS_DIR ?? "/run/secrets";
    const modes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mode));
    const open = names.filter((_, index) => ((modes[index] ?? 0) & OTHERS) !== 0);
    if (open.length === 0) return { status: "ok", says: `${names.length} files, closed to others.` };
    return {
      status: "failed",
      says: `Everybody on this host may use these files in SECRETS_DIR: ${open.join(", ")}.`,
      mend: "chmod 0400 them, owned by the server's user. Who else is on the host may know them: change them then.",
      see: "docs/operations/secrets.md",
    };
  },
};
