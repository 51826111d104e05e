import type { Report } from "./report";

const SHOWN = 20;

/** A report for people, without the words of any message. */
export function formatReport(report: Report): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const kills = Object.values(report.kills).reduce((sum, count) => sum + count, 0);
  const lines = [
    `seed ${report.seed}: ${report.violations.length} violations in ${seconds(report.durationMs)}`,
    `  killed ${kills} times: ${list(report.kills)}`,
    `  struck otherwise: ${list(report.strikes)}`,
    `  ${report.sends} sends (${report.repeats} calls repeated), ${report.inbound} messages of people`,
    `  ${report.uncertainAttempts} uncertain attempts, ${report.resent} sent again after silence, ` +
      `${report.rescued} woken by the sweep, ${report.unknown} unknown, ${report.failed} failed or expired`,
    `  ${report.excusedDoubles} arrived twice because a report came after the settle time`,
    `  settled ${seconds(report.settledAfterMs)} after the last piece of work`,
  ];
  for (const { rule, id, detail, history } of report.violations.slice(0, SHOWN)) {
    lines.push(`  VIOLATION ${rule}: ${id}: ${detail}`, ...history.map((line) => `      ${line}`));
  }
  if (report.violations.length > SHOWN) lines.push(`  and ${report.violations.length - SHOWN} more`);
  return lines.join("\n");
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}
