import { randomBytes } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";

import { createPassword } from "./create-password";

/**
 * Reads the password of a kept data folder from the file beside it, `<data folder>.password` with mode 0600.
 * Makes the file when it is missing and the data folder is new; of two processes that do so at once,
 * both get the same password.
 *
 * @throws Error when the data folder exists and its password is lost
 */
export async function readKeptPassword(dataDir: string, isNew: boolean): Promise<string> {
  const file = `${dataDir}.password`;
  if (isNew) await createOnce(file, createPassword());
  const password = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(
      `The password of the PostgreSQL data folder ${dataDir} cannot be read from ${file}. ` +
        "Put the file back, or remove the data folder to begin with an empty database.",
      { cause },
    );
  });
  return password.trim();
}

async function createOnce(file: string, content: string): Promise<void> {
  // A link appears with its whole content or not at all; a plain exclusive write can be read half-way.
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${content}\n`, { mode: 0o600, flag: "wx" });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
