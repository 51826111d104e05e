/** The environment of PostgreSQL's programs: nothing of the caller's PGPORT, PGDATA or LC_ALL reaches them. */
export function programEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"] ?? "/usr/bin:/bin", TZ: "UTC" };
}
