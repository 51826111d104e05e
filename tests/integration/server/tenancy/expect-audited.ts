import { expect } from "vitest";
import { canaryOf } from "./canary-of";
import { PEOPLE } from "./converse";
import type { ExpectedAudit } from "./create-asker";
import type { World } from "./plant-world";

interface AuditRow {
  readonly request_id: string;
  readonly actor: string;
  readonly client_id: string;
  readonly api_key_id: string;
  readonly action: string;
  readonly outcome: string;
  readonly error_code: string | null;
  readonly latency_ms: number | null;
  readonly row: string;
}

/** Expects exactly one audit row of each call: who, what, how it ended, how long it took; no words and no person's number. */
export async function expectAudited({ ctx }: World, calls: readonly ExpectedAudit[]): Promise<void> {
  const ids = calls.map(({ requestId }) => requestId);
  const rows = await ctx.sql<AuditRow[]>`
    select request_id, actor, client_id, api_key_id, action, outcome, error_code, latency_ms, a::text as row
    from audit_log a where request_id = any(${ids}) and actor = 'key'`;
  const byRequest = new Map<string, AuditRow[]>();
  for (const row of rows) byRequest.set(row.request_id, [...(byRequest.get(row.request_id) ?? []), row]);
  for (const call of calls) {
    const found = byRequest.get(call.requestId) ?? [];
    expect(found, `${call.action} ${call.requestId}`).toHaveLength(1);
    const isKnown = call.errorCode !== "any";
    expect(found[0]).toMatchObject({
      client_id: call.clientId,
      api_key_id: call.keyId,
      action: call.action,
      latency_ms: expect.any(Number) as number,
      ...(isKnown ? { error_code: call.errorCode } : { error_code: expect.any(String) as string }),
      outcome: call.errorCode === null ? "ok" : "refused",
    });
  }
  const all = rows.map(({ row }) => row).join("\n");
  const words = ["ann", "bob", "owner", "shared"].map(canaryOf);
  for (const secret of [...words, ...Object.values(PEOPLE), "wamcp_test_"]) expect(all).not.toContain(secret);
}
