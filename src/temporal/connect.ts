import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import type { Config } from '../config.ts';
import { PerennialError } from '../domain/words/errors.ts';

const connectTimeoutMs = 10_000;

/** Where an embedded server was started, which the environment of this process does not know. */
export interface KnownServer {
  readonly address: string | undefined;
  readonly namespace: string;
}

/**
 * Temporal by its standard environment configuration (address, namespace, TLS, API key), so that a cluster or Temporal
 * Cloud works by settings alone. Throws `configuration` or `unavailable` in one sentence.
 */
export async function connectClient(
  config: Pick<Config, 'temporalNamespace'>,
  known?: KnownServer,
): Promise<{ readonly client: Client; close(): Promise<void> }> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const address = known?.address ?? connectionOptions.address;
  const connection = await Connection.connect({
    ...connectionOptions,
    ...(address === undefined ? {} : { address }),
    connectTimeout: connectTimeoutMs,
  }).catch((cause: unknown) => {
    throw unreachable(address, cause);
  });
  const client = new Client({ connection, namespace: known?.namespace ?? namespace ?? config.temporalNamespace });
  return { client, close: () => connection.close() };
}

export async function connectWorker(
  config: Config,
  known?: KnownServer,
): Promise<{ readonly connection: NativeConnection; readonly namespace: string }> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const address = known?.address ?? connectionOptions.address;
  const connection = await connectNative({
    ...connectionOptions,
    ...(address === undefined ? {} : { address }),
  }).catch((cause: unknown) => {
    throw unreachable(address, cause);
  });
  return { connection, namespace: known?.namespace ?? namespace ?? config.temporalNamespace };
}

/** The connection of a worker. On the way to this same machine nothing is gained by packing what is sent. */
export function connectNative(options: NativeConnectionOptions): Promise<NativeConnection> {
  return NativeConnection.connect({
    ...options,
    ...(isHere(options.address) ? { grpcCompression: { codec: 'none' } } : {}),
  });
}

/** Without an address it is this machine. */
export function isHere(address = '127.0.0.1'): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(address);
}

function unreachable(address: string | undefined, cause: unknown): PerennialError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PerennialError('unavailable', `Temporal does not answer at ${address ?? '127.0.0.1:7233'} (${reason}).`, {
    path: 'TEMPORAL_ADDRESS',
    hint: 'Start it with `npm run dev`, or correct TEMPORAL_ADDRESS.',
    cause,
  });
}
