import pg from 'pg';
import type { Log } from '../../telemetry/log.ts';

const backOffMsMax = 5_000;

/**
 * LISTEN to some channels on a connection of its own, made again with back-off when it breaks: the only one of this
 * product. It calls back with each payload, and with an empty one whenever it begins to listen (again). Returns the
 * stop.
 */
export function startListening(
  url: string,
  channels: readonly string[],
  onNotify: (payload: string) => void,
  log: Pick<Log, 'warn'>,
): () => void {
  let isStopped = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      application_name: `listen ${channels.join(' ')}`,
    });
    client = fresh;
    let isLost = false;
    const onLost = (): void => {
      if (isLost || isStopped) return;
      isLost = true;
      failures++;
      void fresh.end().catch(() => undefined);
      timer = setTimeout(() => void connect(), backOffMs(failures));
      timer.unref();
    };
    fresh.on('error', onLost);
    fresh.on('end', onLost);
    fresh.on('notification', (message) => onNotify(message.payload ?? ''));
    try {
      await fresh.connect();
      await fresh.query(channels.map((channel) => `listen ${pg.escapeIdentifier(channel)}`).join('; '));
      failures = 0;
      // Something may have been said while nobody listened.
      if (!isStopped) onNotify('');
    } catch (error) {
      log.warn(
        { channels, reason: error instanceof Error ? error.message : String(error) },
        'not listening for notifications; the poll goes on',
      );
      onLost();
    }
    if (isStopped) void fresh.end().catch(() => undefined);
  };
  void connect();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    void client?.end().catch(() => undefined);
  };
}

/** Doubles with every failure in a row, up to five seconds: a database that comes back is not stormed. */
export function backOffMs(failures: number): number {
  return Math.min(backOffMsMax, 100 * 2 ** Math.min(failures, 8));
}
