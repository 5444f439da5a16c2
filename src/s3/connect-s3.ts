import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { S3Client } from '@aws-sdk/client-s3';
import { checkForeignUrl, publicLookup } from '../outbound/fetch-foreign.ts';
import { limitAnswers } from './limit-answers.ts';
import { s3Failure, type S3Place } from './s3-failure.ts';

interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface S3Settings extends S3Place {
  /** Of a store that is not AWS; its buckets are asked for by path. */
  readonly endpoint?: string | undefined;
  /** Default `us-east-1`, which stores that are not AWS take for any. */
  readonly region?: string | undefined;
  /** Absent takes the standard chain: environment, profile, role of the machine. */
  readonly credentials?: S3Credentials;
  /**
   * Whoever chose the endpoint is not trusted with the inside of the network: only public addresses are reached, and
   * `host:port` listed here. Absent for an endpoint that the operator has set.
   */
  readonly foreign?: { readonly privateHostsAllowed: readonly string[]; readonly setting: string };
  /** Without an answer, or without a byte of one; milliseconds. */
  readonly timeoutMs?: number;
}

export type S3Sdk = typeof import('@aws-sdk/client-s3');

/** A bucket within reach. */
export interface S3Bucket {
  readonly sdk: S3Sdk;
  readonly client: S3Client;
  readonly name: string;
  /** A failure of a call as one sentence. */
  readonly failure: (error: unknown) => Error;
  close(): void;
}

const connectMs = 5_000;
const answerMs = 30_000;
const attemptsMax = 3;
const socketsMax = 16;
const idleMs = 60_000;

/**
 * A client for one bucket. The SDK is loaded only here: an installation without buckets never pays for it. Throws the
 * sentence of `place.code` for an endpoint that may not be reached; nothing is sent yet.
 */
export async function connectS3(settings: S3Settings): Promise<S3Bucket> {
  const failure = (error: unknown): Error => s3Failure(error, settings);
  const isOpen = mayReachPrivate(settings, failure);
  const sdk = await import('@aws-sdk/client-s3');
  const agent = {
    keepAlive: true,
    maxSockets: socketsMax,
    // A connection that nobody uses any more ends by itself: clients of sources are many, and none is closed.
    timeout: idleMs,
    ...(isOpen ? {} : { lookup: publicLookup(settings.foreign?.setting) }),
  };
  const timeoutMs = settings.timeoutMs ?? answerMs;
  const client = new sdk.S3Client({
    region: settings.region ?? 'us-east-1',
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint, forcePathStyle: true }),
    ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
    maxAttempts: attemptsMax,
    // Others than AWS do not know the newer checksums; ours go over the bytes in any case.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: Math.min(connectMs, timeoutMs),
      requestTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
    },
  });
  limitAnswers(client);
  return { sdk, client, name: settings.bucket, failure, close: () => client.destroy() };
}

/**
 * False where only public addresses may be reached. A literal address is never looked up, so it is judged here. AWS, or
 * what the environment names in its place, nobody has typed into a definition: it may well lie inside of the network.
 */
function mayReachPrivate({ endpoint, foreign }: S3Settings, failure: (error: unknown) => Error): boolean {
  if (foreign === undefined || endpoint === undefined) return true;
  try {
    return checkForeignUrl(endpoint, foreign.privateHostsAllowed, foreign.setting).isAllowed;
  } catch (error) {
    throw failure(error);
  }
}
