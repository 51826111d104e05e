import type { Finding } from "../checks/finding";

const ORDER = ["failed", "warning", "skipped", "ok"] as const;

/** One finding of several: the worst decides, and all that are as bad are named. */
export function combineFindings(findings: readonly Finding[], wellSays: string): Finding {
  const status = ORDER.find((name) => findings.some((finding) => finding.status === name)) ?? "ok";
  if (status === "ok") return { status, says: wellSays };
  const worst = findings.filter((finding) => finding.status === status);
  const [first] = worst;
  const says = [...new Set(worst.map((finding) => finding.says))].join(" ");
  return { ...first, status, says };
}
