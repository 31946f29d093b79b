CREATE TABLE "aspect_users" (
	"aspect_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "aspect_users_pkey" PRIMARY KEY("aspect_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "aspects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"name_key" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "aspects_id_owner" UNIQUE("id","owner_id")
);
--> statement-breakpoint
CREATE TABLE "connected" (
	"user_id" uuid NOT NULL,
	"peer_id" uuid NOT NULL,
	"connected_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "connected_pkey" PRIMARY KEY("user_id","peer_id")
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"requester_id" uuid NOT NULL,
	"addressee_id" uuid NOT NULL,
	"status" text DEFAULT 'PENDING' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"accepted_at" timestamp (3) with time zone,
	"seen_at" timestamp (3) with time zone,
	"rejected_at" timestamp (3) with time zone,
	"shown_id" uuid NOT NULL,
	"shown_at" timestamp (3) with time zone NOT NULL,
	"withdrawn_at" timestamp (3) with time zone,
	"asked_again" boolean DEFAULT false NOT NULL,
	CONSTRAINT "connections_not_self" CHECK (requester_id <> addressee_id),
	CONSTRAINT "connections_status_known" CHECK (status IN ('PENDING', 'ACCEPTED', 'REJECTED')),
	CONSTRAINT "connections_accepted_at" CHECK ((status = 'ACCEPTED') = (accepted_at IS NOT NULL)),
	CONSTRAINT "connections_rejected_at" CHECK ((status = 'REJECTED') = (rejected_at IS NOT NULL)),
	CONSTRAINT "connections_withdrawn" CHECK (status = 'REJECTED' OR (withdrawn_at IS NULL AND NOT asked_again))
);
--> statement-breakpoint
ALTER TABLE "user_stats" ADD COLUMN "connections" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "user_stats" ADD COLUMN "unseen_requests" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "aspect_users" ADD CONSTRAINT "aspect_users_aspect" FOREIGN KEY ("aspect_id","owner_id") REFERENCES "public"."aspects"("id","owner_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "aspect_users" ADD CONSTRAINT "aspect_users_follow" FOREIGN KEY ("owner_id","user_id") REFERENCES "public"."follows"("follower_id","followee_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "aspects" ADD CONSTRAINT "aspects_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connected" ADD CONSTRAINT "connected_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connected" ADD CONSTRAINT "connected_peer_id_users_id_fk" FOREIGN KEY ("peer_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_requester_id_users_id_fk" FOREIGN KEY ("requester_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_addressee_id_users_id_fk" FOREIGN KEY ("addressee_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "aspect_users_newest" ON "aspect_users" USING btree ("aspect_id","added_at" DESC NULLS FIRST,"user_id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "aspect_users_of_follow" ON "aspect_users" USING btree ("owner_id","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "aspects_name_unique" ON "aspects" USING btree ("owner_id","name_key");--> statement-breakpoint
CREATE INDEX "connected_newest" ON "connected" USING btree ("user_id","connected_at" DESC NULLS FIRST,"peer_id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "connected_of_peer" ON "connected" USING btree ("peer_id");--> statement-breakpoint
CREATE UNIQUE INDEX "connections_pair_unique" ON "connections" USING btree (least(requester_id, addressee_id),greatest(requester_id, addressee_id));--> statement-breakpoint
CREATE UNIQUE INDEX "connections_shown_unique" ON "connections" USING btree ("shown_id");--> statement-breakpoint
CREATE INDEX "connections_sent" ON "connections" USING btree ("requester_id","shown_at" DESC NULLS FIRST,"shown_id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "connections_received" ON "connections" USING btree ("addressee_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);