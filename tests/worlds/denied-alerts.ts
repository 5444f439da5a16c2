import type { Database } from '../../src/db/base/connect.ts';

/** Does something while no alert can be stored, as if the connection ended there. */
export async function whileAlertsAreDenied<Result>({ pool }: Database, work: () => Promise<Result>): Promise<Result> {
  await pool.query(`create function deny() returns trigger language plpgsql as
    $$ begin raise exception 'the connection ended'; end $$`);
  try {
    await pool.query('create trigger denied before insert on alert for each row execute function deny()');
    return await work();
  } finally {
    await pool.query('drop function deny() cascade');
  }
}
