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

const schema: ContractRule = { rule: 'schemaChange', id: 'schema', mayAdd: false, severity: 'warn' };
const mean: ContractRule = { rule: 'meanShift', id: 'mean', column: 'width', deviationsMax: 1, severity: 'reject' };

/** Writes the source anew. */
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

test('a batch that warns is learnt from, and its run says what was found', async () => {
  await world.champion('judged', { contract: { rules: [schema, mean] } });
  await rewrite('judged', ([header = '', ...rows]) => [`${header},note`, ...rows.map((row) => `${row},x`)]);
  const warned = await retrained('judged', 2);
  expect(warned?.status).toBe('completed');
  expect(warned?.detail).toContain('schema, broken: additive: added: note');
  expect(warned?.detail).toContain('mean, kept: ');
});

test('a batch that is refused fails its run, and the champion stays', async () => {
  await world.champion('refused', { contract: { rules: [mean] } });
  await rewrite('refused', ([header = '', ...rows]) => [
    header,
    ...rows.map((row) => row.split(',').with(1, '50').join(',')),
  ]);
  const refused = await retrained('refused', 2);
  expect(refused?.status).toBe('failed');
  expect(refused?.detail).toContain('mean, broken: the mean of width is 50 and was ');
  expect((await world.settled('refused')).championVersion).toBe(1);
});
