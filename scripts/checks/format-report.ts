import { printable } from "#server/utils/printable";
import type { CheckResult } from "./run-checks";

const MARKS = { ok: "ok     ", warning: "warning", failed: "FAILED ", skipped: "skipped" } as const;

/** The report as one line of JSON, or for people. */
export function formatReport(results: readonly CheckResult[], at: Date, isJson: boolean): string {
  return isJson ? formatJson(results, at) : formatText(results);
}

function formatJson(results: readonly CheckResult[], at: Date): string {
  const worst = (["failed", "warning"] as const).find((name) =>
    results.some(({ status }) => status === name),
  );
  const checks = results.map(({ tookMs, ...result }) => ({ ...result, took_ms: tookMs }));
  return `${JSON.stringify({ status: worst ?? "ok", checked_at: at.toISOString(), checks })}\n`;
}

function formatText(results: readonly CheckResult[]): string {
  const lines = results.flatMap(({ id, status, title, says, mend, see }) => {
    const isBad = status === "failed" || status === "warning";
    return [
      `${MARKS[status]}  ${title} (${id}): ${says}`,
      ...(isBad && mend ? [`         ${mend}`] : []),
      ...(isBad && see ? [`         ${see}`] : []),
    ].map(printable);
  });
  const count = (name: CheckResult["status"]) => results.filter(({ status }) => status === name).length;
  const summary = `${count("ok")} ok, ${count("warning")} warnings, ${count("failed")} failed, ${count("skipped")} skipped`;
  return `${[...lines, "", summary].join("\n")}\n`;
}
