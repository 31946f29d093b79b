CREATE TABLE "accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"instance" text DEFAULT '' NOT NULL,
	"external_id" text NOT NULL,
	"username" text,
	"url" text,
	"is_visible" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "accounts_provider_known" CHECK (provider IN ('SELFCOMMUNITY', 'PRONOUNS_CC', 'QURAN_FOUNDATION', 'DIASPORA', 'DISCORD', 'TUMBLR', 'GOOGLE', 'FEDIVERSE', 'OIDC'))
);
--> statement-breakpoint
CREATE TABLE "member_flags" (
	"member_id" uuid NOT NULL,
	"flag_id" uuid NOT NULL,
	"position" smallint NOT NULL,
	CONSTRAINT "member_flags_pkey" PRIMARY KEY("member_id","flag_id")
);
--> statement-breakpoint
CREATE TABLE "pride_flags" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"image" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user_flags" (
	"user_id" uuid NOT NULL,
	"flag_id" uuid NOT NULL,
	"position" smallint NOT NULL,
	CONSTRAINT "user_flags_pkey" PRIMARY KEY("user_id","flag_id")
);
--> statement-breakpoint
CREATE TABLE "media_files" (
	"name" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "media_files_state_known" CHECK (state IN ('PENDING', 'USED', 'DROPPED'))
);
--> statement-breakpoint
CREATE TABLE "members" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"sid" text NOT NULL,
	"name" text NOT NULL,
	"name_key" text COLLATE "C" NOT NULL,
	"display_name" text,
	"bio" text,
	"bio_html" text,
	"links" text[] DEFAULT '{}' NOT NULL,
	"names" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"pronouns" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"fields" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"avatar" jsonb,
	"is_unlisted" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tags" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"color" text
);
--> statement-breakpoint
CREATE TABLE "user_tags" (
	"user_id" uuid NOT NULL,
	"tag_id" uuid NOT NULL,
	"position" smallint NOT NULL,
	CONSTRAINT "user_tags_pkey" PRIMARY KEY("user_id","tag_id")
);
--> statement-breakpoint
ALTER TABLE "user_stats" ADD COLUMN "members" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "user_stats" ADD COLUMN "listed_members" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "user_stats" ADD COLUMN "flags" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "names" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "pronouns" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "fields" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "custom_preferences" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "avatar" jsonb;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "cover" jsonb;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "status_before" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "email_frequency" text DEFAULT 'DAILY' NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "push" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "toasts" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "sounds" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "muted_notifications" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "language" text DEFAULT 'en' NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "content_languages" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "hide_follow_suggestions" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "show_featured_suggestions" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "sid_rerolled_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member_flags" ADD CONSTRAINT "member_flags_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member_flags" ADD CONSTRAINT "member_flags_flag_id_pride_flags_id_fk" FOREIGN KEY ("flag_id") REFERENCES "public"."pride_flags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pride_flags" ADD CONSTRAINT "pride_flags_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_flags" ADD CONSTRAINT "user_flags_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_flags" ADD CONSTRAINT "user_flags_flag_id_pride_flags_id_fk" FOREIGN KEY ("flag_id") REFERENCES "public"."pride_flags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_tags" ADD CONSTRAINT "user_tags_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_tags" ADD CONSTRAINT "user_tags_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_unique" ON "accounts" USING btree ("provider","instance","external_id");--> statement-breakpoint
CREATE INDEX "accounts_of_user" ON "accounts" USING btree ("user_id","created_at","id");--> statement-breakpoint
CREATE INDEX "accounts_by_name" ON "accounts" USING btree ("provider","instance",lower(username));--> statement-breakpoint
CREATE INDEX "member_flags_of_flag" ON "member_flags" USING btree ("flag_id");--> statement-breakpoint
CREATE INDEX "pride_flags_of_owner" ON "pride_flags" USING btree ("owner_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "user_flags_of_flag" ON "user_flags" USING btree ("flag_id");--> statement-breakpoint
CREATE INDEX "media_files_unused" ON "media_files" USING btree ("created_at") WHERE state <> 'USED';--> statement-breakpoint
CREATE UNIQUE INDEX "members_name_unique" ON "members" USING btree ("owner_id","name_key");--> statement-breakpoint
CREATE UNIQUE INDEX "members_sid_unique" ON "members" USING btree ("sid");--> statement-breakpoint
CREATE UNIQUE INDEX "tags_name_unique" ON "tags" USING btree ("name");--> statement-breakpoint
CREATE INDEX "user_tags_of_tag" ON "user_tags" USING btree ("tag_id");--> statement-breakpoint
ALTER TABLE "user_stats" ADD CONSTRAINT "user_stats_members_limit" CHECK (members <= 500);--> statement-breakpoint
ALTER TABLE "user_stats" ADD CONSTRAINT "user_stats_flags_limit" CHECK (flags <= 500);--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_email_frequency_known" CHECK (email_frequency IN ('NEVER', 'INSTANT', 'DAILY'));