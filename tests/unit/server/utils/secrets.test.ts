import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSecret } from "#server/utils/secrets";

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "secrets-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function store(name: string, content: string): void {
  writeFileSync(join(dir, name), content);
}

describe("readSecret", () => {
  it("returns a value that is no reference as it is", () => {
    expect(readSecret("plain value\n", dir)).toBe("plain value\n");
    expect(readSecret("http://secrets://name", dir)).toBe("http://secrets://name");
    expect(readSecret("", dir)).toBe("");
  });

  it("reads the file that a reference names", () => {
    store("graph-token_1.txt", "EAAB-token");
    expect(readSecret("secrets://graph-token_1.txt", dir)).toBe("EAAB-token");
  });

  it("takes one line break off the end, of either kind, and nothing else", () => {
    store("unix", " a b \n");
    store("dos", "value\r\n");
    store("two", "value\n\n");
    expect(readSecret("secrets://unix", dir)).toBe(" a b ");
    expect(readSecret("secrets://dos", dir)).toBe("value");
    expect(readSecret("secrets://two", dir)).toBe("value\n");
  });

  it.each(["../outside", "a/b", "..", ".", "", "a b", "a\u0000b", "a%2fb", "name\n"])(
    "refuses the name %j, which could leave the folder",
    (name) => {
      expect(() => readSecret(`secrets://${name}`, dir)).toThrow("a secret's name has letters");
    },
  );

  it("names the missing file, but neither the folder nor the system's error", () => {
    expect(() => readSecret("secrets://absent", dir)).toThrow(
      'the secret file "absent" cannot be read in SECRETS_DIR',
    );
    expect(() => readSecret("secrets://absent", dir)).not.toThrow(dir);
  });
});
