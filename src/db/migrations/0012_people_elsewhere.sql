CREATE TABLE "exports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"alive_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"file" text,
	"bytes" bigint,
	CONSTRAINT "exports_state_known" CHECK (state IN ('QUEUED', 'RUNNING', 'READY', 'FAILED', 'EXPIRED'))
);
--> statement-breakpoint
CREATE TABLE "account_links" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"token" "bytea",
	"linked_at" timestamp (3) with time zone NOT NULL,
	"synced_at" timestamp (3) with time zone NOT NULL,
	"taken" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "origins" (
	"provider" text NOT NULL,
	"instance" text NOT NULL,
	"kind" text NOT NULL,
	"external_id" text NOT NULL,
	"id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"url" text,
	"counters" jsonb,
	CONSTRAINT "origins_pkey" PRIMARY KEY("provider","instance","kind","external_id"),
	CONSTRAINT "origins_kind_known" CHECK (kind IN ('post', 'photo', 'poll', 'comment', 'member', 'flag', 'aspect', 'room'))
);
--> statement-breakpoint
CREATE TABLE "remote_pages" (
	"user_id" uuid NOT NULL,
	"list" text NOT NULL,
	"fetched_at" timestamp (3) with time zone NOT NULL,
	"next" text,
	CONSTRAINT "remote_pages_pkey" PRIMARY KEY("user_id","list"),
	CONSTRAINT "remote_pages_list_known" CHECK (list IN ('members', 'posts', 'photos'))
);
--> statement-breakpoint
CREATE TABLE "remotes" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"fetched_at" timestamp (3) with time zone NOT NULL,
	"utc_offset" integer,
	"counters" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"pictures" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "users" DROP CONSTRAINT "users_status_known";--> statement-breakpoint
DROP INDEX "users_newest";--> statement-breakpoint
ALTER TABLE "poll_choices" ADD COLUMN "imported_votes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "polls" ADD COLUMN "imported_voters" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "is_remote" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "exports" ADD CONSTRAINT "exports_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_links" ADD CONSTRAINT "account_links_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "origins" ADD CONSTRAINT "origins_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remote_pages" ADD CONSTRAINT "remote_pages_user_id_remotes_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."remotes"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remotes" ADD CONSTRAINT "remotes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remotes" ADD CONSTRAINT "remotes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "exports_of_user" ON "exports" USING btree ("user_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "exports_unfinished" ON "exports" USING btree ("created_at") WHERE state IN ('QUEUED', 'RUNNING');--> statement-breakpoint
CREATE INDEX "exports_expiring" ON "exports" USING btree ("expires_at") WHERE state = 'READY';--> statement-breakpoint
CREATE INDEX "origins_of_thing" ON "origins" USING btree ("id");--> statement-breakpoint
CREATE INDEX "origins_of_owner" ON "origins" USING btree ("owner_id");--> statement-breakpoint
CREATE UNIQUE INDEX "remotes_account_unique" ON "remotes" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "users_newest" ON "users" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE NOT is_remote;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_deleted_remote" CHECK (status <> 'DELETED' OR is_remote);--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_status_known" CHECK (status IN ('ACTIVE', 'PENDING', 'SUSPENDED', 'DELETED'));