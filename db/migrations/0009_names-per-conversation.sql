ALTER TABLE "conversations" ADD COLUMN "profile_name" text;
--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "username" text;
--> statement-breakpoint
-- Row-level security binds the tables' owner too.
SET LOCAL ROLE wamcp_system;
--> statement-breakpoint
UPDATE "conversations" SET "profile_name" = ct."profile_name", "username" = ct."username"
FROM "contacts" ct WHERE ct."id" = "conversations"."contact_id";
--> statement-breakpoint
RESET ROLE;
--> statement-breakpoint
ALTER TABLE "contacts" DROP COLUMN "profile_name";
--> statement-breakpoint
ALTER TABLE "contacts" DROP COLUMN "username";
