-- In SQL the function would be planned each time it is called, which is for every token that comes.
CREATE OR REPLACE FUNCTION "claim_hash"("kind" text, "value" text) RETURNS bytea LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN (
    SELECT sha256(k.key || sha256(k.key || convert_to($1 || chr(10) || $2, 'UTF8'))) FROM server_keys k WHERE k.name = 'claims'
  );
END
$$;
