import pg from 'pg';
import type { Log } from '../../serving/ports.ts';

const backOffMsMax = 5_000;

/** LISTEN on a connection of its own, made again with back-off when it breaks. Returns the stop. */
export function startListening(
  url: string,
  channel: string,
  onNotify: (payload: string) => void,
  log: Log,
): () => void {
  let stopped = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      application_name: `listen ${channel}`,
    });
    client = fresh;
    let lost = false;
    const onLost = (): void => {
      if (lost || stopped) return;
      lost = true;
      failures++;
      void fresh.end().catch(() => undefined);
      timer = setTimeout(() => void connect(), Math.min(backOffMsMax, 100 * 2 ** Math.min(failures, 8)));
      timer.unref();
    };
    fresh.on('error', onLost);
    fresh.on('end', onLost);
    fresh.on('notification', (message) => onNotify(message.payload ?? ''));
    try {
      await fresh.connect();
      await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
      failures = 0;
      // Something may have been said while nobody listened.
      onNotify('');
    } catch (error) {
      log.warn(
        { channel, reason: error instanceof Error ? error.message : String(error) },
        'not listening for notifications; the poll goes on',
      );
      onLost();
    }
    if (stopped) void fresh.end().catch(() => undefined);
  };
  void connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    void client?.end().catch(() => undefined);
  };
}
