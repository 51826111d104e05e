import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { API_KEY_PATTERN, createApiKeyToken } from "#server/utils/auth/api-key-format";
import { findApiKeys } from "#server/utils/auth/find-api-keys";

const read = (path: string) => readFileSync(new URL(`../../../../../${path}`, import.meta.url), "utf8");
const GITLEAKS = read("deploy/secret-scanning/gitleaks.toml");
const GUIDE = read("docs/guides/secret-scanning.md");
const PLACEHOLDER = `wamcp_live_${"X".repeat(40)}`;
const KEYS = Array.from(
  { length: 1_000 },
  (_, place) => createApiKeyToken(place % 2 ? "live" : "test").token,
);

/** Lines in which keys leak. */
const LINES: ((key: string) => string)[] = [
  (key) => key,
  (key) => `{"mcpServers":{"wa":{"headers":{"Authorization":"Bearer ${key}"}}}}`,
  (key) => `WAMCP_API_KEY=${key}`,
  (key) => `WAMCP_API_KEY='${key}' # the new one\n`,
  (key) => `https://wa.example.com/mcp?api_key=${key}&x=1`,
  (key) => `https://wa.example.com/?next=%2Fmcp%3Fkey%3D${key}%26x`,
  (key) => `claude mcp add --transport http wa https://x/mcp --header "Authorization: Bearer ${key}"`,
  (key) => `export KEY="${key}"; run`,
  (key) => String.raw`"env": "A=1\n${key}\nB=2"`,
  (key) => `my_${key}_old`,
];

/** A regular expression of RE2 or Hyperscan as JavaScript's: the ends of a text are spelt differently. */
const translate = (pattern: string) =>
  new RegExp(pattern.replaceAll(String.raw`\A`, "^").replaceAll(String.raw`\z`, "$"));

function readGitleaks(): (text: string) => string | undefined {
  const rule = translate(/^regex = '''(.+)'''$/m.exec(GITLEAKS)?.[1] ?? "nothing^");
  const allowed = translate(/^regexes = \['''(.+)'''\]$/m.exec(GITLEAKS)?.[1] ?? "");
  const keywords = [...(/^keywords = \[(.+)\]$/m.exec(GITLEAKS)?.[1] ?? "").matchAll(/"(.+?)"/g)];
  return (text) => {
    if (!keywords.some(([, keyword = ""]) => text.toLowerCase().includes(keyword))) return undefined;
    const found = rule.exec(text)?.[1];
    return found !== undefined && !allowed.test(found) ? found : undefined;
  };
}

function readGithub(): (text: string) => string | undefined {
  const field = (name: string) =>
    new RegExp(String.raw`^\| ${name} +\| \`(.+?)\` +\|$`, "m").exec(GUIDE)?.[1]?.replaceAll("\\|", "|") ??
    "nothing^";
  const whole = translate(
    `(?:${field("Before secret")})(${field("Secret format")})(?:${field("After secret")})`,
  );
  const mustNot = translate(field("Must not match"));
  return (text) => {
    const found = whole.exec(text)?.[1];
    return found !== undefined && !mustNot.test(found) ? found : undefined;
  };
}

const SCANNERS = [
  ["gitleaks", readGitleaks()],
  ["GitHub", readGithub()],
  ["findApiKeys", (text: string) => findApiKeys(text)[0]?.token],
] as const;

describe.each(SCANNERS)("%s", (_, scan) => {
  it("finds each of 1,000 keys in lines of every kind", () => {
    for (const key of KEYS) {
      for (const line of LINES) expect(scan(line(key)), line("KEY")).toBe(key);
    }
  });

  it.each([
    ["cut off", KEYS[0]?.slice(0, -1)],
    ["too long", `${KEYS[0]}0`],
    ["of another mode", KEYS[0]?.replace(/live|test/, "prod")],
    ["with other signs in it", KEYS[0]?.replace(/.{4}$/, "-+/=")],
    ["of another product", KEYS[0]?.replace("wamcp", "wamap")],
    ["in pieces", KEYS[0]?.replace(/(.{30})/, "$1 ")],
    ["with dots for its secret", "wamcp_live_..."],
    ["the placeholder", PLACEHOLDER],
    ["the prefix that may be shown", KEYS[0]?.slice(0, 19)],
  ])("finds nothing in what is no key: %s", (_what, text = "") => {
    for (const line of LINES) expect(scan(line(text))).toBeUndefined();
  });
});

describe("the pattern", () => {
  it("is the one of the server, in both files", () => {
    expect(GITLEAKS).toContain(`(${API_KEY_PATTERN})`);
    expect(GUIDE.replaceAll("\\|", "|")).toContain(`| ${`\`${API_KEY_PATTERN}\``}`);
    expect(GUIDE).toContain(PLACEHOLDER);
  });

  it("uses nothing that RE2 and Hyperscan do not know", () => {
    for (const text of [GITLEAKS, GUIDE.slice(0, GUIDE.indexOf("## gitleaks"))]) {
      // Look-around, back references, atomic groups and possessive quantifiers.
      expect(text).not.toMatch(/\(\?[=!<>]|\\[1-9]|[+*?}]\+/);
    }
  });
});

describe("the checksum", () => {
  const broken = KEYS.map((key) => key.slice(0, -1) + (key.endsWith("0") ? "1" : "0"));

  it("rejects every key with one sign changed, which the patterns alone take for one", () => {
    for (const key of broken) {
      expect(readGitleaks()(key)).toBe(key);
      for (const line of LINES) expect(findApiKeys(line(key))).toEqual([]);
    }
  });

  it("leaves the real ones of a text, in their order", () => {
    const text = KEYS.map((key, place) => `${key},${broken[place]}`).join("\n");
    expect(findApiKeys(text).map(({ token }) => token)).toEqual(KEYS);
  });

  it("is what the guide's program computes", () => {
    const program = /```js\n([\s\S]+?)```/.exec(GUIDE)?.[1] ?? "";
    const input = [...KEYS.slice(0, 50), ...broken.slice(0, 50), PLACEHOLDER].join("\n");
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      input,
      encoding: "utf8",
    });
    expect(printed.trim().split("\n")).toEqual(KEYS.slice(0, 50).map((key) => key.slice(0, 19)));
  });
});
