import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContractRule } from '../../../src/domain/spec/spec.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

const count = (severity: 'warn' | 'reject'): ContractRule => ({
  rule: 'rowCountHistory',
  id: 'count',
  batches: 2,
  factor: 2,
  severity,
});
const schema: ContractRule = { rule: 'schemaChange', id: 'schema', added: 'refuse', severity: 'warn' };

/** Leaves out rows of the source, or gives all of them one more column. */
async function rewrite(model: string, change: (lines: readonly string[]) => readonly string[]): Promise<void> {
  const file = world.historyFile(model);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  await writeFile(file, `${change(lines).join('\n')}\n`);
}

/** The newest ingest, once it is over. */
async function retrained(model: string, runs: number) {
  await world.retrain(model, { reason: 'the file is another one' });
  return until('the next file is read', async () => {
    const all = (await world.history(model)).runs.filter(({ kind }) => kind === 'ingest');
    return all.length === runs && all.every(({ status }) => status !== 'running') ? all[0] : undefined;
  });
}

test('a batch that warns is learnt from, and one that is refused fails its training and changes nothing', async () => {
  await world.champion('judged', { contract: { rules: [schema, count('reject')] } });
  await rewrite('judged', ([header = '', ...rows]) => [`${header},note`, ...rows.map((row) => `${row},x`)]);
  const warned = await retrained('judged', 2);
  expect(warned?.status).toBe('completed');
  expect(warned?.detail).toContain('schema, broken: additive: added: note');
  expect(warned?.detail).toContain('count, not yet asked: 1 batch before, of 2 that are asked for');
  await until('v2 is stored', async () =>
    (await world.history('judged')).versions.some(({ version }) => version === 2),
  );
  await rewrite('judged', (lines) => lines.slice(0, 60));
  const refused = await retrained('judged', 3);
  expect(refused?.status).toBe('failed');
  expect(refused?.detail).toContain('count, broken: 59 rows, where the last 2 batches had 400 in the middle');
  const alert = await until('it is told', async () =>
    (await world.status('judged')).openAlerts.find(({ body }) => body.includes('count, broken')),
  );
  expect(alert.kind).toBe('training-failed');
  expect((await world.history('judged')).versions).toHaveLength(2);
});
