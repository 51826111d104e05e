// Imports run one way (docs/architecture.md): routes -> utils -> db, functions -> utils -> db.
const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

module.exports = {
  forbidden: [
    forbid("no-circular", "a cycle hides who knows whom", {}, { circular: true }),
    forbid(
      "nobody-imports-routes",
      "a route is an edge",
      { pathNot: "^server/entry" },
      { path: "^server/routes/" },
    ),
    forbid(
      "routes-go-through-utils",
      "a route calls a verb; it never talks to the database",
      { path: "^server/routes/" },
      { path: "^db/" },
    ),
    forbid(
      "utils-know-only-the-events",
      "utils take names and types of events from functions, nothing else",
      { path: "^server/utils/" },
      { path: "^server/functions/", pathNot: "^server/functions/events\\.ts$" },
    ),
    forbid(
      "db-knows-nobody",
      "db remembers; it imports no other room",
      { path: "^db/" },
      { path: "^(server|simulator|dev|scripts|tests)/" },
    ),
    forbid(
      "sql-lives-in-stores",
      "drizzle-orm and postgres are imported only in db/ and in a domain's store.ts; dev/ and tests/ are free to",
      { path: "^(server|scripts|simulator)/", pathNot: "^(server/utils|scripts)/.+/store\\.ts$" },
      { path: "node_modules/(drizzle-orm|postgres)/" },
    ),
    forbid(
      "meta-knows-only-meta",
      "utils/meta knows Meta and nothing of us",
      { path: "^server/utils/meta/" },
      { path: "^(server/(utils/[^/]+/|functions/)|db/)", pathNot: "^server/utils/meta/" },
    ),
    forbid(
      "surface-imports-no-sdk",
      "what is offered serves both protocol eras, so only what serves one of them, or chooses, imports an SDK",
      { path: "^server/utils/mcp/", pathNot: "^server/utils/mcp/((legacy|modern)/|serve-mcp\\.ts$)" },
      { path: "node_modules/@modelcontextprotocol/" },
    ),
    forbid(
      "production-needs-no-dev",
      "nothing that ships imports dev/, simulator/ or tests/",
      { path: "^(server|db)/" },
      { path: "^(dev|simulator|tests)/" },
    ),
    forbid(
      "simulator-stands-alone",
      "the simulator is Meta's side; it shares no code with ours",
      { path: "^simulator/" },
      { path: "^(server|db|dev|tests)/" },
    ),
    forbid("no-unresolvable", "an import must resolve", {}, { couldNotResolve: true, pathNot: "^#" }),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".mts", ".js", ".mjs", ".cjs", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
