import pg from 'pg';

/**
 * Tells a server that only tests use not to wait for its disk: its data is thrown away with it. What must survive a
 * power cut is tested on servers of its own.
 */
export async function withoutFlushing(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('alter system set fsync = off');
    await client.query('alter system set full_page_writes = off');
    await client.query('select pg_reload_conf()');
  } finally {
    await client.end();
  }
}
