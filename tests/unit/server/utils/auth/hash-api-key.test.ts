import { describe, expect, it } from "vitest";
import { hashApiKey } from "#server/utils/auth/hash-api-key";

describe("hashApiKey", () => {
  it("gives the HMAC-SHA256 that Python gives", () => {
    // hmac.new(pepper.encode(), token.encode(), hashlib.sha256).hexdigest()
    expect(hashApiKey("wamcp_test_token", "pepper-of-at-least-thirty-two-chars")).toBe(
      "1085594db4d9a385cf9c47728010f19ce639e59ec8944b8c70f7018e330c70d9",
    );
  });

  it("depends on the key and on the pepper", () => {
    const hashes = [hashApiKey("a", "p"), hashApiKey("b", "p"), hashApiKey("a", "q"), hashApiKey("p", "a")];
    expect(new Set(hashes).size).toBe(4);
  });
});
