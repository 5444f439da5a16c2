-- The audit: rows are inserted into audit_staged inside the transaction of the change; when it commits, this trigger gives
-- each its place and its hash in audit. The lock is the last thing that a transaction takes, so places follow commits and
-- nothing can wait for it in a circle.
CREATE FUNCTION audit_net(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN value IS NULL THEN '-' ELSE octet_length(value)::text || ':' || value END
$$;--> statement-breakpoint
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  last_seq bigint;
  last_hash text;
  next_at timestamptz(3);
  line text;
BEGIN
  PERFORM pg_advisory_xact_lock(1635083369);
  SELECT seq, hash INTO last_seq, last_hash FROM audit ORDER BY seq DESC LIMIT 1;
  last_seq := coalesce(last_seq, 0) + 1;
  last_hash := coalesce(last_hash, repeat('0', 64));
  next_at := clock_timestamp();
  line := last_hash || audit_net(last_seq::text) || audit_net(NEW.event_id::text)
    || audit_net((extract(epoch FROM next_at) * 1000)::bigint::text)
    || audit_net(NEW.type) || audit_net(NEW.model) || audit_net(NEW.subject) || audit_net(NEW.actor) || audit_net(NEW.token_id::text)
    || audit_net(NEW.reason) || audit_net(NEW.run_id) || audit_net(NEW.evidence_id::text) || audit_net(NEW.data);
  INSERT INTO audit (seq, event_id, at, type, model, subject, actor, token_id, reason, run_id, evidence_id, data, previous_hash, hash)
  VALUES (last_seq, NEW.event_id, next_at, NEW.type, NEW.model, NEW.subject, NEW.actor, NEW.token_id, NEW.reason, NEW.run_id,
    NEW.evidence_id, NEW.data, last_hash, encode(sha256(convert_to(line, 'UTF8')), 'hex'));
  DELETE FROM audit_staged WHERE staged_id = NEW.staged_id;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE CONSTRAINT TRIGGER audit_staged_chain AFTER INSERT ON audit_staged DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain();--> statement-breakpoint
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;--> statement-breakpoint
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
