import { afterAll, beforeAll, expect, test } from 'vitest';
import { sourceStatusVerb } from '../../../src/cli/verbs/record/source/status.ts';
import { readConfig } from '../../../src/config.ts';
import { serveApi } from '../../../src/control/serve.ts';
import { noteMemberRefused, noteMembersFound, noteMemberTaken } from '../../../src/db/models/source-members.ts';
import { createApiWorld, type ApiWorld } from '../../worlds/api-world.ts';
import { pageReaders } from '../../worlds/page-readers.ts';

let world: ApiWorld;
const model = 'mixed';
beforeAll(async () => {
  world = await createApiWorld({ sourceRoots: [{ scope: '*', path: 's3://lake/' }] });
  const source = {
    kind: 'union',
    members: {
      live: { kind: 'push' },
      archive: { kind: 's3', url: 's3://lake/orders/', format: 'csv' },
    },
  } as const;
  await world.call('POST', '/v1/apply', { body: { spec: world.specOf(model, { source }), reason: 'a test' } });
});
afterAll(() => world.close());

const statusOf = async () => (await world.call('GET', `/v1/models/${model}/source`)).body;
const nothing = { rows: 0, takenAt: null, quarantinedRows: 0, repeatedRows: 0, late: 0, staleMs: null, failures: 0 };

test('each source of a union is shown by its name, before anything was taken of it', async () => {
  expect(await statusOf()).toMatchObject({
    source: 'archive: s3://lake/orders/; live: rows pushed over HTTP',
    members: [
      { name: 'archive', source: 's3://lake/orders/', ...nothing, lag: null, problem: null, refusal: null },
      { name: 'live', source: 'rows pushed over HTTP', ...nothing, lag: null, problem: null, refusal: null },
    ],
  });
});

test('what was taken, is unread, late, missing, set aside and repeated stands beside the name', async () => {
  const { db } = world.database;
  const taken = { model, specRevision: 1, rows: 1_000, quarantinedRows: 4, repeatedRows: 3, isRead: true };
  await noteMemberTaken(db, { ...taken, member: 'live' });
  await noteMemberTaken(db, { ...taken, member: 'live' });
  await noteMembersFound(db, { model, specRevision: 1 }, [
    { name: 'archive', digest: null, freshMs: undefined, lag: null, problem: 'The bucket is away.', late: 0 },
    {
      name: 'live',
      digest: 'd',
      freshMs: 60_000,
      lag: { unread: 7, unit: 'rows', stale: { ageMs: 7_200_000 } },
      problem: null,
      late: 2,
    },
  ]);
  await noteMemberRefused(db, { model, specRevision: 1, member: 'archive' }, 'too many rows are set aside');
  const view = await statusOf();
  expect(view).toMatchObject({
    members: [
      { name: 'archive', failures: 1, problem: 'The bucket is away.', refusal: 'too many rows are set aside' },
      {
        name: 'live',
        rows: 2_000,
        quarantinedRows: 8,
        repeatedRows: 6,
        lag: { unread: 7, unit: 'rows', isAtLeast: false },
        late: 2,
        staleMs: 7_200_000,
      },
    ],
  });
  const pages = pageReaders(
    () => world.api,
    () => world.database,
    'reader',
  );
  await pages.signIn('reader', 'viewer', '*');
  const { text } = await pages.get(`/models/${model}`);
  const section = text.slice(text.indexOf('<section class="panel" id="source"'), text.indexOf('id="decisions"'));
  expect(section.replaceAll(/<[^>]+>/g, ' ')).toMatch(
    /archive .*The bucket is away\..* live .*2,000 .*7 rows .*nothing for 120 minutes .* 8 .* 6 /s,
  );

  const serving = await serveApi(world.api, { host: '127.0.0.1', port: 0 });
  try {
    const config = readConfig({
      PERENNIAL_CONTROL_URL: `http://127.0.0.1:${serving.port}`,
      PERENNIAL_TOKEN: world.token,
    });
    const lines: string[] = [];
    const out = { line: (line: string) => void lines.push(line), document: () => undefined, json: () => undefined };
    await sourceStatusVerb.run({ words: [model], config, out, text: () => null, texts: () => [], isSet: () => false });
    const said = lines.join('\n');
    expect(said).toMatch(/^live +rows pushed over HTTP +2,000 +7 rows +2 +120 minutes old +8 +6$/m);
    expect(said).toMatch(/^archive: not read, 1 in a row: The bucket is away\.$/m);
    expect(said).toMatch(/^archive: its last batch was refused: too many rows are set aside$/m);
  } finally {
    await serving.stop(1_000);
  }
});

test('what was taken under another definition is none of this one, and a source that is gone goes', async () => {
  const { db } = world.database;
  await noteMemberTaken(db, {
    model,
    member: 'live',
    specRevision: 2,
    rows: 5,
    quarantinedRows: 0,
    repeatedRows: 0,
    isRead: true,
  });
  expect((await statusOf())['members']).toMatchObject([{ name: 'archive' }, { name: 'live', rows: 0 }]);
  const left = await noteMembersFound(db, { model, specRevision: 2 }, [
    { name: 'live', digest: 'd', freshMs: undefined, lag: null, problem: null, late: 0 },
  ]);
  expect(left).toMatchObject([{ member: 'live', takenRows: 5 }]);
});
