CREATE TABLE "audit_log" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor" text NOT NULL,
	"client_id" uuid,
	"api_key_id" uuid,
	"action" text NOT NULL,
	"outcome" text NOT NULL,
	"error_code" text,
	"phone_number_id" uuid,
	"conversation_id" uuid,
	"message_id" uuid,
	"request_id" text,
	"latency_ms" integer,
	"detail" jsonb
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"direction" text NOT NULL,
	"phone_number_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"client_id" uuid NOT NULL,
	"label" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"pepper_version" integer DEFAULT 1 NOT NULL,
	"scopes" text[] NOT NULL,
	"rpm_limit" integer DEFAULT 60 NOT NULL,
	"daily_msg_limit" integer DEFAULT 250 NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"rotated_from_id" uuid,
	"last_used_at" timestamp with time zone,
	"last_used_ip" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_keys_prefix_unique" UNIQUE("prefix")
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"display_name" text NOT NULL,
	"is_owner" boolean DEFAULT false NOT NULL,
	"policy" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "clients_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "contact_aliases" (
	"portfolio_id" text NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"contact_id" uuid NOT NULL,
	"ended_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contact_aliases_portfolio_id_kind_value_pk" PRIMARY KEY("portfolio_id","kind","value")
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"portfolio_id" text NOT NULL,
	"profile_name" text,
	"username" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "conversations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"phone_number_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"owner_client_id" uuid,
	"last_inbound_at" timestamp with time zone,
	"last_message_at" timestamp with time zone,
	"unread_count" integer DEFAULT 0 NOT NULL,
	"last_position" bigint DEFAULT 0 NOT NULL,
	"deferred_wakes" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"client_id" uuid NOT NULL,
	"phone_number_id" uuid NOT NULL,
	"tools" text[] DEFAULT '{"*"}' NOT NULL,
	"daily_cap" integer,
	"visibility" text DEFAULT 'own' NOT NULL,
	"recipient_policy" text DEFAULT 'open_window' NOT NULL,
	"confirm_policy" text DEFAULT 'never' NOT NULL,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "message_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"message_id" uuid,
	"phone_number_id" uuid NOT NULL,
	"wamid" text,
	"status" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"error" jsonb,
	"detail" jsonb,
	"dedupe_key" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"phone_number_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"client_id" uuid,
	"direction" text NOT NULL,
	"type" text NOT NULL,
	"status" text NOT NULL,
	"wamid" text,
	"content" jsonb NOT NULL,
	"text" text,
	"reply_to_wamid" text,
	"idempotency_key" text,
	"content_hash" text,
	"uncertain_policy" text DEFAULT 'retry' NOT NULL,
	"position" bigint,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"attempted_at" timestamp with time zone,
	"claim_expires_at" timestamp with time zone,
	"uncertain_at" timestamp with time zone,
	"rescued_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"error" jsonb,
	"occurred_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone,
	"sent_at" timestamp with time zone,
	"delivered_at" timestamp with time zone,
	"read_at" timestamp with time zone,
	"played_at" timestamp with time zone,
	"failed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"data" jsonb NOT NULL,
	"available_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"claim_expires_at" timestamp with time zone,
	"sent_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "phone_numbers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"wa_phone_number_id" text NOT NULL,
	"waba_id" text NOT NULL,
	"portfolio_id" text NOT NULL,
	"display_number" text NOT NULL,
	"label" text NOT NULL,
	"access_token_ref" text DEFAULT 'META_ACCESS_TOKEN' NOT NULL,
	"verify_token_ref" text DEFAULT 'META_VERIFY_TOKEN' NOT NULL,
	"default_client_id" uuid,
	"quality" text,
	"last_webhook_at" timestamp with time zone,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "phone_numbers_wa_phone_number_id_unique" UNIQUE("wa_phone_number_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_inbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"body" "bytea" NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"state" text DEFAULT 'received' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"claim_expires_at" timestamp with time zone,
	"announced_at" timestamp with time zone,
	"processed_at" timestamp with time zone,
	"error" jsonb
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_rotated_from_id_api_keys_id_fk" FOREIGN KEY ("rotated_from_id") REFERENCES "public"."api_keys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contact_aliases" ADD CONSTRAINT "contact_aliases_contact_id_contacts_id_fk" FOREIGN KEY ("contact_id") REFERENCES "public"."contacts"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_phone_number_id_phone_numbers_id_fk" FOREIGN KEY ("phone_number_id") REFERENCES "public"."phone_numbers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_contact_id_contacts_id_fk" FOREIGN KEY ("contact_id") REFERENCES "public"."contacts"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_owner_client_id_clients_id_fk" FOREIGN KEY ("owner_client_id") REFERENCES "public"."clients"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_phone_number_id_phone_numbers_id_fk" FOREIGN KEY ("phone_number_id") REFERENCES "public"."phone_numbers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_events" ADD CONSTRAINT "message_events_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_events" ADD CONSTRAINT "message_events_phone_number_id_phone_numbers_id_fk" FOREIGN KEY ("phone_number_id") REFERENCES "public"."phone_numbers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_phone_number_id_phone_numbers_id_fk" FOREIGN KEY ("phone_number_id") REFERENCES "public"."phone_numbers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_contact_id_contacts_id_fk" FOREIGN KEY ("contact_id") REFERENCES "public"."contacts"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "phone_numbers" ADD CONSTRAINT "phone_numbers_default_client_id_clients_id_fk" FOREIGN KEY ("default_client_id") REFERENCES "public"."clients"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_log_by_client" ON "audit_log" USING btree ("client_id","at");--> statement-breakpoint
CREATE INDEX "audit_log_by_message" ON "audit_log" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "changes_by_conversation" ON "changes" USING btree ("conversation_id","seq");--> statement-breakpoint
CREATE INDEX "changes_by_message" ON "changes" USING btree ("message_id","seq");--> statement-breakpoint
CREATE INDEX "api_keys_by_client" ON "api_keys" USING btree ("client_id");--> statement-breakpoint
CREATE UNIQUE INDEX "clients_one_owner" ON "clients" USING btree ("is_owner") WHERE "clients"."is_owner";--> statement-breakpoint
CREATE INDEX "contact_aliases_by_contact" ON "contact_aliases" USING btree ("contact_id");--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_by_number_and_contact" ON "conversations" USING btree ("phone_number_id","contact_id");--> statement-breakpoint
CREATE INDEX "conversations_unread" ON "conversations" USING btree ("phone_number_id") WHERE "conversations"."unread_count" > 0;--> statement-breakpoint
CREATE INDEX "conversations_by_contact" ON "conversations" USING btree ("contact_id");--> statement-breakpoint
CREATE INDEX "conversations_by_owner" ON "conversations" USING btree ("owner_client_id","last_message_at");--> statement-breakpoint
CREATE UNIQUE INDEX "grants_by_client_and_number" ON "grants" USING btree ("client_id","phone_number_id");--> statement-breakpoint
CREATE UNIQUE INDEX "message_events_once" ON "message_events" USING btree ("phone_number_id","dedupe_key");--> statement-breakpoint
CREATE INDEX "message_events_by_message" ON "message_events" USING btree ("message_id","id");--> statement-breakpoint
CREATE INDEX "message_events_parked" ON "message_events" USING btree ("phone_number_id","wamid") WHERE "message_events"."message_id" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "messages_by_number_and_wamid" ON "messages" USING btree ("phone_number_id","wamid");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_by_idempotency_key" ON "messages" USING btree ("client_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "messages_by_conversation" ON "messages" USING btree ("conversation_id","id");--> statement-breakpoint
CREATE INDEX "messages_by_number" ON "messages" USING btree ("phone_number_id","id");--> statement-breakpoint
CREATE INDEX "messages_to_send" ON "messages" USING btree ("conversation_id","position") WHERE "messages"."status" in ('queued', 'sending');--> statement-breakpoint
CREATE INDEX "messages_unfinished" ON "messages" USING btree ("status","attempted_at") WHERE "messages"."status" in ('queued', 'sending');--> statement-breakpoint
CREATE INDEX "outbox_unsent" ON "outbox" USING btree ("available_at") WHERE "outbox"."sent_at" is null;--> statement-breakpoint
CREATE INDEX "outbox_unsent_by_message" ON "outbox" USING btree (("data" ->> 'message_id')) WHERE "outbox"."sent_at" is null;--> statement-breakpoint
CREATE INDEX "outbox_sent" ON "outbox" USING btree ("sent_at");--> statement-breakpoint
CREATE INDEX "webhook_inbox_unannounced" ON "webhook_inbox" USING btree ("received_at") WHERE "webhook_inbox"."announced_at" is null;--> statement-breakpoint
CREATE INDEX "webhook_inbox_unprocessed" ON "webhook_inbox" USING btree ("received_at") WHERE "webhook_inbox"."state" in ('received', 'processing');