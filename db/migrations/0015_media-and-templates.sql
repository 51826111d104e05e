CREATE TABLE "media_objects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"phone_number_id" uuid NOT NULL,
	"message_id" uuid,
	"client_id" uuid,
	"direction" text NOT NULL,
	"kind" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"error" jsonb,
	"source_url" text,
	"declared_type" text,
	"sniffed_type" text,
	"file_name" text,
	"size_bytes" bigint,
	"sha256" text,
	"expected_sha256" text,
	"path" text,
	"wa_media_id" text,
	"wa_media_expires_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"claim_expires_at" timestamp with time zone,
	"urls_valid_from" timestamp with time zone,
	"stored_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "templates" (
	"id" uuid PRIMARY KEY NOT NULL,
	"waba_id" text NOT NULL,
	"wa_template_id" text NOT NULL,
	"name" text NOT NULL,
	"language" text NOT NULL,
	"category" text NOT NULL,
	"status" text NOT NULL,
	"quality" text,
	"parameter_format" text DEFAULT 'POSITIONAL' NOT NULL,
	"components" jsonb NOT NULL,
	"synced_at" timestamp with time zone NOT NULL,
	"removed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "window_refused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "window_closed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "phone_numbers" ADD COLUMN "status" text;--> statement-breakpoint
ALTER TABLE "phone_numbers" ADD COLUMN "name_status" text;--> statement-breakpoint
ALTER TABLE "phone_numbers" ADD COLUMN "throughput_level" text;--> statement-breakpoint
ALTER TABLE "phone_numbers" ADD COLUMN "messaging_limit_tier" text;--> statement-breakpoint
ALTER TABLE "phone_numbers" ADD COLUMN "health" jsonb;--> statement-breakpoint
ALTER TABLE "phone_numbers" ADD COLUMN "synced_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "media_objects" ADD CONSTRAINT "media_objects_phone_number_id_phone_numbers_id_fk" FOREIGN KEY ("phone_number_id") REFERENCES "public"."phone_numbers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media_objects" ADD CONSTRAINT "media_objects_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media_objects" ADD CONSTRAINT "media_objects_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "media_objects_by_message" ON "media_objects" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "media_objects_pending" ON "media_objects" USING btree ("next_attempt_at") WHERE "media_objects"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "media_objects_uploaded" ON "media_objects" USING btree ("client_id","phone_number_id","sha256") WHERE "media_objects"."direction" = 'outbound';--> statement-breakpoint
CREATE INDEX "media_objects_by_age" ON "media_objects" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "templates_by_name" ON "templates" USING btree ("waba_id","name","language");