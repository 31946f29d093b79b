CREATE TABLE "used_export_links" (
	"nonce" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "exports" ADD COLUMN "includes_pictures" boolean DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX "used_export_links_expiring" ON "used_export_links" USING btree ("expires_at");--> statement-breakpoint
-- An archive's file is removed once no row has it any more, and whoever still writes it has had an hour to end.
CREATE FUNCTION "exports_file_goes"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE media_files SET state = CASE OLD.state WHEN 'RUNNING' THEN 'PENDING' ELSE 'DROPPED' END, created_at = now()
  WHERE name = OLD.file;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "exports_file_changes" AFTER UPDATE OF "file" ON "exports" FOR EACH ROW
WHEN (OLD.file IS NOT NULL AND NEW.file IS DISTINCT FROM OLD.file) EXECUTE FUNCTION "exports_file_goes"();
--> statement-breakpoint
CREATE TRIGGER "exports_file_goes" AFTER DELETE ON "exports" FOR EACH ROW
WHEN (OLD.file IS NOT NULL) EXECUTE FUNCTION "exports_file_goes"();
