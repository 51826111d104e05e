import type { Revision } from "./run-referee";

/** What the product as it ships is held to. The lists are complete: whatever differs from them fails the run. */
export interface GenericScenarios {
  /** Ask for nothing by a name that the suite made up. */
  readonly passing: readonly string[];
  /** Need such a name for some of their checks, which are listed; the others pass. */
  readonly partly: Readonly<Record<string, readonly string[]>>;
  /** Have no failed check although what they call is not there. They prove little here; the run with fixtures does. */
  readonly empty: readonly string[];
}

export const GENERIC_SCENARIOS: Readonly<Record<Revision, GenericScenarios>> = {
  "2025-11-25": {
    passing: [
      "server-initialize",
      "ping",
      "tools-list",
      "server-sse-multiple-streams",
      "resources-list",
      "prompts-list",
      "dns-rebinding-protection",
      "server-session-lifecycle",
    ],
    partly: {},
    empty: ["server-sse-polling"],
  },
  "2026-07-28": {
    passing: [
      "tools-list",
      "server-sse-multiple-streams",
      "resources-list",
      "sep-2164-resource-not-found",
      "prompts-list",
      "dns-rebinding-protection",
      "caching",
      "input-required-result-unsupported-methods",
      "http-header-validation",
    ],
    partly: {
      "server-stateless": [
        "sep-2575-server-rejects-undeclared-capability",
        "sep-2575-missing-capability-http-400",
        "sep-2575-http-server-no-independent-requests-on-stream",
        "sep-2575-server-no-log-without-loglevel",
      ],
    },
    empty: [
      "input-required-result-missing-input-response",
      "input-required-result-ignore-extra-params",
      "input-required-result-validate-input",
      "tasks-status-notifications",
    ],
  },
};
