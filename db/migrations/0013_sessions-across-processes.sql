-- A client of MCP never reads this table: the server looks its session up, for the key that presented it.
ALTER TABLE mcp_sessions ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE mcp_sessions FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY system_all ON mcp_sessions TO wamcp_system USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp_sessions TO wamcp_system;
