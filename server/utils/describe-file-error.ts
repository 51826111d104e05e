const KNOWN: Readonly<Record<string, string>> = {
  ENOSPC: "disk_full",
  EDQUOT: "disk_full",
  EACCES: "not_permitted",
  EPERM: "not_permitted",
  EROFS: "read_only",
  ENOENT: "missing",
  ENOTDIR: "no_folder",
};

/** Why a file could not be used, as a code without its name. */
export function describeFileError(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return KNOWN[code] ?? "not_usable";
}
