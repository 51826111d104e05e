import type { Finding } from "../../checks/finding";

type Words = Pick<Finding, "says" | "mend">;

const AWAY: Words = {
  says: "PostgreSQL cannot be reached.",
  mend: "See that it runs (docker compose ps postgres) and that host and port in DATABASE_URL are right.",
};

// By SQLSTATE (PostgreSQL, appendix A); the first that fits.
const BY_CODE: readonly (readonly [RegExp, Words])[] = [
  [
    /^28/,
    {
      says: "PostgreSQL refuses the login.",
      mend: "Set the password that PostgreSQL has in DATABASE_URL, or set PostgreSQL's anew.",
    },
  ],
  [/^3D000$/, { says: "The database does not exist.", mend: "Check its name in DATABASE_URL." }],
  [
    /^(42501|22023)$/,
    {
      says: "The login may not become wamcp_system, or that role is not there yet.",
      mend: "Start the server once, which migrates the database; then check the login's memberships.",
    },
  ],
];

/** Why the database did not answer, without its address and what was asked. */
export function describeDatabaseError(error: unknown): Words {
  const codes = [error, error instanceof Error ? error.cause : undefined].map((thrown) =>
    thrown instanceof Error && "code" in thrown ? String(thrown.code) : "",
  );
  return BY_CODE.find(([pattern]) => codes.some((code) => pattern.test(code)))?.[1] ?? AWAY;
}
