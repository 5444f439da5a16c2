import { gzipSync } from 'node:zlib';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { connectSource } from '../../sources/registry.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { ingestSource } from './ingest-source.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quotes-nothing-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const passwords = ['root:x:0:0:SECRET:/root:/bin/bash', 'daemon:*:1:1:SECRET:/usr/sbin:/bin/false'];
const many = Array.from({ length: 40 }, (_, i) => `SECRET${i % 3},${i},SECRET`);

/** Files that nobody meant to be tables, and tables that break the contract in every way that a message could quote. */
const files: readonly (readonly [name: string, content: string | Buffer])[] = [
  ['password file', passwords.join('\n')],
  ['key file', '-----BEGIN PRIVATE KEY-----\nSECRETSECRET\n-----END PRIVATE KEY-----\n'],
  ['environment', 'TOKEN=SECRET\nOTHER=SECRET2\n'],
  ['no header', many.join('\n')],
  ['header alone', 'SECRET,SECRET2\n'],
  ['two names alike', 'SECRET,b,SECRET\n1,2,3\n'],
  ['other columns', `SECRET,SECRET2\n${'1,2\n'.repeat(30)}`],
  ['wrong cells', `amount,at,outcome\n${'SECRET,SECRET,SECRET\n'.repeat(30)}`],
  ['stale', `amount,at,outcome\n${'7,1981-03-04T05:06:07Z,yes\n8,1981-03-04T05:06:07Z,no\n'.repeat(30)}`],
  ['open quote', `amount,at,outcome\n1,2020-01-01,yes\n1,"SECRET\n${'1,2020-01-01,SECRET\n'.repeat(90)}`],
  ['wrong width', `amount,at,outcome\n${'1,2020-01-01,yes,SECRET\n'.repeat(30)}`],
  ['one list', '[{"SECRET":"SECRET"}]'],
  ['half objects', `{"amount": SECRET}\n{"amount":"SECRET","at":"SECRET"`],
  ['objects', `${'{"amount":"SECRET","SECRET":{"SECRET":1},"at":"SECRET","outcome":"SECRET"}\n'.repeat(30)}`],
  ['torn Parquet', `PAR1SECRET${'SECRET'.repeat(40)}PAR1`],
  ['gzip', gzipSync(`SECRET,SECRET2\n${'SECRET,SECRET\n'.repeat(30)}`)],
  ['torn gzip', Buffer.concat([gzipSync('SECRET,b\n1,2\n').subarray(0, 20), Buffer.from('SECRET')])],
  ['other encoding', Buffer.from('SECRET\xe9,b\n1,2\n', 'latin1')],
];

test.each(
  files.flatMap(([name, content]) => (['csv', 'ndjson', 'parquet'] as const).map((f) => [name, f, content] as const)),
)('%s, declared as %s: refused without a word of it, in the error and in the log', async (name, format, content) => {
  const file = join(dir, `${name.replaceAll(' ', '-')}-${format}`);
  await writeFile(file, content);
  const error = await read(file, format).then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(Error);
  const said = everythingSaid(error);
  expect(said).not.toMatch(/SECRET|root:x|PRIVATE|TOKEN|1981/i);
  expect(said).toContain(file);
});

async function read(path: string, format: DataFormat): Promise<void> {
  const spec = completeSpec({
    name: 'm',
    about: { owner: 'tests', useCase: 'Reads what it should not.', successCriterion: 'Nothing is told.' },
    features: [{ kind: 'number', name: 'amount', missing: 'refuse', min: 0 }],
    target: { task: 'binary', column: 'outcome', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
    eventTime: { column: 'at' },
    source: { kind: 'file', path, format },
    contract: { rules: [{ rule: 'freshness', id: 'fresh', column: 'at', ageMsMax: 1_000, severity: 'reject' }] },
  });
  const source = connectSource(spec.source, { roots: [dir] });
  const input = { spec, specRevision: 1, workDir: join(dir, 'work'), store: createArtifactStore(join(dir, 'store')) };
  for await (const _ of ingestSource(source, null, input));
}

/** All texts of an error and of its causes, own properties too, and the line that a logger makes of it. */
function everythingSaid(error: unknown): string {
  const said: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) said.push(at.message, at.stack ?? '', JSON.stringify(at));
  const log = createLogger('test', 'info', { write: (line) => void said.push(line) });
  log.error({ err: error }, 'it failed');
  return said.join('\n');
}
