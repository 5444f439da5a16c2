import type pg from 'pg';

/** The role that running processes act as: everything on the tables, except that the audit is only appended to. */
export const appRole = 'perennial_app';
/** The role of pages: reads everything that is no secret, and changes nothing. */
export const readRole = 'perennial_read';

type Queryable = Pick<pg.ClientBase, 'query'>;

/** Attempts at what touches the catalogue that all databases of a server share; another database may be at it too. */
const attemptsMax = 5;

/**
 * Makes the role and its rights; to be called by the owner of the tables after every migration, so that new tables are
 * covered and a restored database gets them back. False where the server does not let the owner make roles (some
 * managed ones): then the triggers alone refuse changes of the audit, and `perennial doctor` says so.
 */
export async function ensureAppRole(client: Queryable): Promise<boolean> {
  await client.query(makeRole);
  if (!(await canBecomeApp(client))) return false;
  await client.query(grants);
  await client.query(logFunctions);
  return true;
}

/** True when this connection's user may act as the role. */
export async function canBecomeApp(client: Queryable): Promise<boolean> {
  const { rows } = await client.query<{ can: boolean }>(
    `select coalesce((select pg_has_role(current_user, oid, 'member') from pg_roles where rolname = '${appRole}'),
      false) as can`,
  );
  return rows[0]?.can === true;
}

/** For `onConnect` of a pool: before its first use, the connection becomes the role if it can. */
export async function becomeApp(client: Queryable, onOwner: ((reason: string) => void) | undefined): Promise<void> {
  try {
    await client.query(`set role ${appRole}`);
  } catch (error) {
    // No such role, or not ours to take. Anything else (the connection broke) must fail the connect.
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== '22023' && code !== '42501' && code !== '42704') throw error;
    onOwner?.(error instanceof Error ? error.message : String(error));
  }
}

const makeRole = `do $$
declare attempt integer := 0;
begin
  loop
    attempt := attempt + 1;
    begin
      if not exists (select 1 from pg_roles where rolname = '${appRole}') then
        create role ${appRole} nologin;
      end if;
      if not exists (select 1 from pg_roles where rolname = '${readRole}') then
        create role ${readRole} nologin;
      end if;
      -- A superuser may take any role; anybody else needs to be a member.
      if not (select rolsuper from pg_roles where rolname = current_user)
        and not pg_has_role(current_user, '${appRole}', 'member') then
        execute format('grant ${appRole} to %I', current_user);
      end if;
      return;
    exception
      when insufficient_privilege then
        raise notice 'the role ${appRole} cannot be made or given: %', sqlerrm;
        return;
      -- Another database of this server did it at the same time.
      when duplicate_object or unique_violation or internal_error then
        if attempt >= ${attemptsMax} then raise; end if;
    end;
  end loop;
end $$`;

// Revoking after granting on all tables: whoever adds a table thinks of nothing, whoever adds a protected one adds it
// here.
const grants = `
grant usage on schema public to ${appRole};
grant select, insert, update, delete on all tables in schema public to ${appRole};
grant usage, select on all sequences in schema public to ${appRole};
alter default privileges in schema public grant select, insert, update, delete on tables to ${appRole};
alter default privileges in schema public grant usage, select on sequences to ${appRole};
revoke insert, update, delete, truncate on audit from ${appRole};
revoke select, update, delete, truncate on audit_staged from ${appRole};
revoke insert, update, delete, truncate on schema_migration from ${appRole};
revoke execute on function audit_chain() from public;
grant usage on schema public to ${readRole};
grant select on all tables in schema public to ${readRole};
alter default privileges in schema public grant select on tables to ${readRole};
revoke select on token, session, audit_staged from ${readRole};
grant select (token_id, name, role, scope, created_by, created_at, expires_at, revoked_at, last_used_at, rotated_into)
  on token to ${readRole};
do $$ begin
  if to_regclass('signing_secret') is not null then revoke select on signing_secret from ${readRole}; end if;
  if to_regclass('erasure_subject') is not null then
    revoke select on erasure_subject, erasure_hash, erasure_row, exclusion_key from ${readRole};
  end if;
  if to_regclass('training_access') is not null then revoke select on training_access from ${readRole}; end if;
  if to_regclass('backup_key') is not null then revoke all on backup_key from ${appRole}, ${readRole}; end if;
end $$`;

/** What makes and drops partitions runs as their owner; everybody else may not call it. The store of the log does. */
const logFunctions = `
do $$
declare wanted record;
begin
  for wanted in select p.oid::regprocedure as name from pg_proc p where p.pronamespace = 'public'::regnamespace
    and p.proname in ('make_log_partitions', 'open_log_parts', 'log_place', 'freeze_log_part', 'drop_log_part',
      'forget_log_ids', 'erase_log_rows', 'forget_statistics')
  loop
    execute format('revoke execute on function %s from public', wanted.name);
    execute format('grant execute on function %s to ${appRole}', wanted.name);
  end loop;
end $$`;
