import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Verb } from '../../../src/cli/line/verb.ts';
import { sourceStatusVerb } from '../../../src/cli/verbs/record/source/status.ts';
import { sourceTestVerb } from '../../../src/cli/verbs/record/source/test.ts';
import { readConfig } from '../../../src/config.ts';
import { serveApi } from '../../../src/control/serve.ts';
import { openAlert } from '../../../src/db/watching/alerts.ts';
import type { ViewSpec } from '../../../src/domain/view/view-spec.ts';
import { viewOf } from '../../worlds/a-view.ts';
import { createApiWorld, type ApiWorld } from '../../worlds/api-world.ts';
import { pageReaders } from '../../worlds/page-readers.ts';

let world: ApiWorld;
let root = '';
let samples = '';
beforeAll(async () => {
  [root, samples] = (await Promise.all(
    ['sources', 'samples'].map((name) => mkdtemp(path.join(tmpdir(), `perennial-view-${name}-`))),
  )) as [string, string];
  await writeFile(
    path.join(root, 'cards.csv'),
    'card,at,age,amount\na,2026-01-01T00:00:00Z,30,5\n,2026-01-02T00:00:00Z,40,7\n',
  );
  world = await createApiWorld({
    sampleDir: samples,
    sourceRoots: [{ scope: '*', path: root }],
  });
});
afterAll(async () => {
  await world.close();
  await Promise.all([root, samples].map((folder) => rm(folder, { recursive: true })));
});

const source = { kind: 'file', path: 'cards.csv', format: 'csv', freshMs: 3_600_000 } as const;
const view: ViewSpec = { ...viewOf('cards', { source }), contract: { rules: [], quarantineShareMax: 1 } };
const tryOut = (body: unknown) => world.call('POST', '/v1/sources/test', { body });

test('the first rows of a view that nobody has applied, and of one that stands', async () => {
  const { status, body } = await tryOut({ viewSpec: view });
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      model: 'cards',
      source: 'cards.csv',
      sample: {
        rowsSampled: 2,
        contract: {
          verdict: 'accepted',
          text: expect.stringContaining('2 rows: 1 accepted, 1 quarantined'),
          rules: [{ ruleId: 'card.missing', rows: 1 }],
          accepted: 1,
          missing: [],
          notAsked: [],
        },
      },
    },
  });
  const { columns, rows } = body['sample'] as { columns: Record<string, unknown>[]; rows: unknown[][] };
  expect(columns.map(({ name, declaredAs }) => [name, declaredAs])).toEqual([
    ['card', 'entity'],
    ['at', 'event time'],
    ['age', 'number feature'],
    ['amount', 'sum in spend7d'],
  ]);
  expect(rows[0]).toEqual(['a', '2026-01-01T00:00:00Z', '30', '5']);
  expect(await readdir(samples), 'nothing of the sample stays').toEqual([]);
  expect(await tryOut({ view: 'cards' }), 'it does not stand yet').toMatchObject({ status: 404 });
  expect(await tryOut({ viewSpec: { name: 'cards' } })).toMatchObject({ status: 422, body: { code: 'invalid_spec' } });

  expect(await world.call('POST', '/v1/views', { body: { spec: view, reason: 'a test' } })).toMatchObject({
    body: { revision: 1 },
  });
  expect((await tryOut({ view: 'cards' })).body).toEqual(body);
  const { rows: audited } = await world.database.pool.query(
    `select subject, reason from audit where type = 'perennial.source.tested'`,
  );
  expect(audited).toEqual([1, 2].map(() => ({ subject: 'view/cards', reason: 'cards.csv' })));
});

test('the command line and the page of a model say how the source of a view stands, and what rings', async () => {
  const { body: stands } = await world.call('GET', '/v1/views/cards');
  const from = { view: 'cards', feature: 'age', digest: String(stands['digest']), on: ['card'] };
  const spec = world.specOf('buyers', { eventTime: { column: 'at' } });
  const features = [...spec.features, { kind: 'number', name: 'age', missing: 'allow', from } as const];
  expect(
    await world.call('POST', '/v1/apply', { body: { spec: { ...spec, features }, reason: 'a test' } }),
  ).toMatchObject({
    body: { revision: 1 },
  });
  const serving = await serveApi(world.api, { host: '127.0.0.1', port: 0 });
  try {
    const config = readConfig({
      PERENNIAL_CONTROL_URL: `http://127.0.0.1:${serving.port}`,
      PERENNIAL_TOKEN: world.token,
      PERENNIAL_STATE_DIR: samples,
    });
    const said = async (verb: Verb, ...words: string[]) => {
      const lines: string[] = [];
      const out = { line: (text: string) => void lines.push(text), document: () => undefined, json: () => undefined };
      await verb.run({ words, config, out, text: () => null, texts: () => [], isSet: () => false });
      return lines.join('\n');
    };
    const file = path.join(samples, 'cards.ts');
    await writeFile(file, `export const cards = ${JSON.stringify({ ...view, name: 'unapplied' })};\n`);
    const tested = await said(sourceTestVerb, file);
    expect(tested).toContain('unapplied: cards.csv');
    expect(tested).toMatch(/^ {2}age +number +number feature +2 +2$/m);
    expect(await said(sourceTestVerb, 'view/cards')).toContain('cards: cards.csv');
    await rm(file);

    expect(await said(sourceStatusVerb, 'view/cards')).toMatch(
      /^new rows +none found yet; an alert rings after 60 minutes$/m,
    );
    await plant();
    const one = await said(sourceStatusVerb, 'view/cards');
    expect(one).toMatch(/^source +cards\.csv \(definition revision 1\)$/m);
    expect(one).toMatch(/^taken +2026-05-01 .*, 41 rows in all$/m);
    expect(one).toMatch(/^new rows +last found 2026-05-01 \S+; an alert rings after 60 minutes$/m);
    expect(one).toMatch(/^failures +4 in a row: The folder is away\.$/m);
    expect(one).toMatch(/^alert +source-behind since .*: Nothing new has come for 99 minutes\.$/m);
    expect(await said(sourceStatusVerb)).toMatch(/^view\/cards +cards\.csv +41 .*4 failures: The folder is away\.$/m);
  } finally {
    await serving.stop(1_000);
  }
  const pages = pageReaders(
    () => world.api,
    () => world.database,
    'reader',
  );
  await pages.signIn('reader', 'viewer', '*');
  const { text } = await pages.get('/models/buyers');
  const section = text.slice(text.indexOf('aria-label="Sources of views"'));
  const cells = section.slice(0, section.indexOf('</table>')).replaceAll(/<[^>]+>/g, ' ');
  expect(cells).toMatch(/cards\s+cards\.csv\s+41\s.*2026-05-01.*4 times in a row: The folder is away\. /s);
  expect(cells).toContain('The folder is away. Nothing new has come for 99 minutes.');
});

/** What a worker would have left: a batch that was read, looks that failed since, and what rings. */
async function plant(): Promise<void> {
  const { body } = await world.call('GET', '/v1/views/cards');
  const digest = 'ab'.repeat(32);
  const manifest = { view: { digest: body['digest'] }, sourceDigest: digest, files: [{ orderMax: 40 }] };
  const { pool } = world.database;
  await pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest,
       created_at) values ($1, 'cards', 1, 'view', $1, 41, 1, $2, '2026-05-01T10:00:00Z')`,
    [digest, manifest],
  );
  await pool.query(
    `insert into online_view (view, digest, failures, problem) values ('cards', $1, 4, 'The folder is away.')`,
    [body['digest']],
  );
  await openAlert(world.database.db, {
    model: 'buyers',
    kind: 'source-behind',
    subject: { of: 'view', view: 'cards' },
    severity: 'warning',
    title: 'buyers: nothing new comes to view cards',
    body: 'Nothing new has come for 99 minutes.',
    webhooks: [],
  });
}
