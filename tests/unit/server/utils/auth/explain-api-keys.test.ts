import { describe, expect, it } from "vitest";
import { explainApiKeys } from "#server/utils/auth/explain-api-keys";

describe("explainApiKeys", () => {
  it("reads as an OAuth error that says what to do, and promises no OAuth", () => {
    const { error, error_description, claude_code } = explainApiKeys("https://wa.example.com");
    expect(error).toMatch(/^[a-z_]+$/);
    expect(error_description).toContain("Authorization: Bearer wamcp_live_");
    expect(error_description).toContain("https://wa.example.com/mcp");
    expect(claude_code).toBe(
      'claude mcp add --transport http whatsapp https://wa.example.com/mcp --header "Authorization: Bearer wamcp_live_..."',
    );
  });
});
