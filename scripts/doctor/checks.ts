import { accessToken } from "./checks/access-token";
import { appSecret } from "./checks/app-secret";
import { backup } from "./checks/backup";
import { certificate } from "./checks/certificate";
import { clock } from "./checks/clock";
import { configuration } from "./checks/configuration";
import { databaseLogins } from "./checks/database-logins";
import { databaseServer } from "./checks/database-server";
import { disk } from "./checks/disk";
import { displayName } from "./checks/display-name";
import { dns } from "./checks/dns";
import { inngestEndpoint } from "./checks/inngest-endpoint";
import { inngestEventKey } from "./checks/inngest-event-key";
import { inngestServer } from "./checks/inngest-server";
import { inngestSigningKey } from "./checks/inngest-signing-key";
import { inngestSync } from "./checks/inngest-sync";
import { metaApi } from "./checks/meta-api";
import { migrations } from "./checks/migrations";
import { numberRegistration } from "./checks/number-registration";
import { pepper } from "./checks/pepper";
import { quality } from "./checks/quality";
import { rowSecurity } from "./checks/row-security";
import { secretFiles } from "./checks/secret-files";
import { sending } from "./checks/sending";
import { subscription } from "./checks/subscription";
import { tokenScopes } from "./checks/token-scopes";
import { webhook } from "./checks/webhook";
import { webhookAddress } from "./checks/webhook-address";
import { webhookSignature } from "./checks/webhook-signature";
import type { DoctorCheck } from "./doctor-check";

/** Everything that the doctor looks at, in the order of the report; each stands behind what it needs. */
export const CHECKS: readonly DoctorCheck[] = [
  configuration,
  secretFiles,
  databaseServer,
  migrations,
  rowSecurity,
  databaseLogins,
  pepper,
  clock,
  disk,
  backup,
  metaApi,
  accessToken,
  tokenScopes,
  appSecret,
  subscription,
  numberRegistration,
  displayName,
  quality,
  sending,
  dns,
  certificate,
  webhook,
  webhookSignature,
  webhookAddress,
  inngestServer,
  inngestEventKey,
  inngestSigningKey,
  inngestEndpoint,
  inngestSync,
];
