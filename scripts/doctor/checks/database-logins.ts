import type { DoctorContext } from "../doctor-context";
import type { DoctorCheck } from "../doctor-check";
import { readLoginRights, type LoginRights } from "../database/store";
import type { Finding } from "../../checks/finding";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const SEE = "docs/operations/deploy.md";

/** The login of tool calls is a wall of its own: from it no way leads to what the system may. */
export const databaseLogins: DoctorCheck = {
  id: "database-logins",
  title: "Logins of the database",
  needs: ["migrations"],
  async run(ctx) {
    const { config, database } = ctx;
    const [system, client] = [
      await tryAs(database.asSystem),
      await tryAs((work) => database.asClient(NOBODY, work)),
    ];
    if (!system || !client) return refuse("DATABASE_CLIENT_URL", "wamcp_client", "no tool call works");
    if (config.audit.keepDays > 0 && !(await tryAs(database.asArchiver)))
      return refuse("DATABASE_ARCHIVER_URL", "wamcp_archiver", "the audit log is not archived");
    return judge(ctx, system, client);
  },
};

async function tryAs(
  as: (work: typeof readLoginRights) => Promise<LoginRights | undefined>,
): Promise<LoginRights | undefined> {
  return as(readLoginRights).catch(() => undefined);
}

function refuse(name: string, role: string, follows: string): Finding {
  return {
    status: "failed",
    says: `The login of ${name} (of DATABASE_URL where that is not set) cannot log in and become ${role}: ${follows}.`,
    mend: `Set its password anew (deploy/postgres), and: grant ${role} to <login>.`,
    see: SEE,
  };
}

function judge({ config }: DoctorContext, system: LoginRights, client: LoginRights): Finding {
  if (system.isSuperuser || client.isSuperuser)
    return {
      status: "warning",
      says: "A login of the server is a superuser, whom no policy binds before it steps down.",
      mend: "Give the server logins of its own (deploy/postgres), and keep the superuser for the host.",
      see: SEE,
    };
  if (config.databaseLogins.clientUrl === config.databaseUrl)
    return {
      status: "warning",
      says: "Tool calls use the system's login.",
      mend: "Set DATABASE_CLIENT_URL to a login that is a member of wamcp_client only.",
      see: SEE,
    };
  const { bypassesRows, maySystem, mayArchive, mayCreateRoles, ownsTables } = client;
  if (bypassesRows || maySystem || mayArchive || mayCreateRoles || ownsTables)
    return {
      status: "failed",
      says: "The login of tool calls may do more than wamcp_client: a flaw in one call could reach every client's rows.",
      mend: "Take everything from it but the membership in wamcp_client: revoke wamcp_system, wamcp_archiver from it; alter role it nocreaterole nobypassrls; own no tables.",
      see: SEE,
    };
  if (system.bypassesRows || system.mayArchive || system.mayCreateRoles || system.ownsTables)
    return {
      status: "warning",
      says: "The login of DATABASE_URL may do more than wamcp_system: it archives, makes roles, owns tables, or no policy binds it.",
      mend: "Take everything from it but the membership in wamcp_system: revoke wamcp_archiver from it; alter role it nocreaterole nobypassrls; let the owner's login own the tables.",
      see: SEE,
    };
  return { status: "ok", says: "Tool calls have a login that can become nobody else." };
}
