CREATE TABLE "mcp_sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"client_id" uuid NOT NULL,
	"api_key_id" uuid NOT NULL,
	"initialize" jsonb NOT NULL,
	"subscriptions" text[] DEFAULT '{}' NOT NULL,
	"told_seq" bigint,
	"streaming_until" timestamp with time zone,
	"last_seen_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "mcp_sessions" ADD CONSTRAINT "mcp_sessions_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mcp_sessions" ADD CONSTRAINT "mcp_sessions_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mcp_sessions_by_key" ON "mcp_sessions" USING btree ("api_key_id","last_seen_at");--> statement-breakpoint
CREATE INDEX "mcp_sessions_by_last_seen" ON "mcp_sessions" USING btree ("last_seen_at");--> statement-breakpoint
CREATE INDEX "mcp_sessions_by_client" ON "mcp_sessions" USING btree ("client_id");