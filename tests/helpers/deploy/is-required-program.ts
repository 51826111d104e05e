/** Whether a program is one of those that have to be here: names in WAMCP_REQUIRE_PROGRAMS, parted by spaces. */
export function isRequiredProgram(name: string): boolean {
  return (process.env["WAMCP_REQUIRE_PROGRAMS"] ?? "").split(" ").includes(name);
}
