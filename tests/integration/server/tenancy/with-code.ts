import type { ExpectedAudit } from "./create-asker";

/** What the audit log must say of calls that all ended with the same error. A resource's own answer does not tell which. */
export function withCode(audits: readonly ExpectedAudit[], errorCode: string): ExpectedAudit[] {
  return audits.map(({ requestId, action, clientId, keyId }) => ({
    requestId,
    action,
    clientId,
    keyId,
    errorCode,
  }));
}
