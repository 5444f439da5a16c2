import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseSpec } from '../../src/contracts/spec/parse-spec.ts';
import { membersOfAnyVersion } from '../../src/db/models/spec-member.ts';
import { rootDir } from '../../src/config.ts';
import { modelProcessOf } from '../../src/domain/spec/parts/model-process.ts';
import { defaultRetention } from '../../src/domain/spec/default-retention.ts';
import { specFormatVersion, upgradeSpec } from '../../src/domain/spec/upgrade-spec.ts';
import { fraud } from '../../models/fraud.ts';

/** `spec -> 'about'`, `#>> '{rollout,…}'` */
const pick = /\bspec\}?\s*(?:->>?|#>>?)\s*'\{?([a-zA-Z]+)/g;

/** Specs as earlier versions wrote them, never to be changed: installations hold such rows and files. */
const folder = path.join(rootDir, 'tests', 'fixtures', 'specs');
const recorded = readdirSync(folder).flatMap((version) =>
  readdirSync(path.join(folder, version)).map((file): [string, Record<string, unknown>] => [
    `${version}/${file}`,
    JSON.parse(readFileSync(path.join(folder, version, file), 'utf8')),
  ]),
);

test.each(recorded)('%s is read, and means what it meant', (_name, spec) => {
  const upgraded = parseSpec(spec);
  expect(upgraded.formatVersion).toBe(specFormatVersion);
  expect(upgradeSpec(upgraded)).toBe(upgraded);
  const { trainer: before, formatVersion: _, ...rest } = spec;
  const { trainer, formatVersion: _now, retention, ...restNow } = upgraded;
  expect(restNow).toEqual(rest);
  expect(retention).toEqual(spec['retention'] ?? defaultRetention);
  // No setting is invented or altered; those that the kind never used are gone.
  expect(before).toMatchObject(trainer);
});

test('each kind keeps its own settings', () => {
  const trainerOf = (name: string) => parseSpec(recorded.find(([file]) => file === `v1/${name}.json`)?.[1]).trainer;
  expect(trainerOf('imported')).toEqual({ kind: 'imported' });
  expect(trainerOf('fixture-linear')).toEqual({
    kind: 'linear',
    l2: 3,
    historyShares: [1, 0.5],
    refit: false,
    seed: 1,
  });
  expect(trainerOf('fixture-regression')).toMatchObject({ kind: 'linear', gpu: { tag: 'a100' } });
  const { gates, split: _, watch, ...same } = parseSpec(recorded.find(([file]) => file === 'v1/fraud.json')?.[1]);
  // What has been declared otherwise since; all else means what it meant.
  expect(gates).toHaveLength(5);
  const now = parseSpec(fraud);
  expect({ ...same, gates: now.gates, split: now.split, watch: { ...watch, effectMin: now.watch.effectMin } }).toEqual(
    now,
  );
});

test('a spec without a version is of the first, a misspelt setting is refused, and the future is not guessed', () => {
  const [, first] = recorded.find(([file]) => file === 'v1/fixture-linear.json') ?? [];
  const { formatVersion: _, ...unversioned } = first ?? {};
  expect(parseSpec(unversioned)).toEqual(parseSpec(first));
  expect(() => parseSpec({ ...first, trainer: { ...Object(first?.['trainer']), treesMx: 3 } })).toThrow(
    'has no member "treesMx"',
  );
  expect(() => parseSpec({ ...first, formatVersion: 99 })).toThrow('format version 99; this Perennial reads up to');
  expect(() => parseSpec({ ...first, formatVersion: 0 })).toThrow('formatVersion must be 3');
  expect(() => parseSpec({ ...first, trainer: { kind: 'forest' } })).toThrow(
    'trainer.kind must be one of "gbdt", "linear", "search", "streaming", "imported"',
  );
});

test('what an imported model says of its process is kept as said, and what is no limit is refused by name', () => {
  const [, imported] = recorded.find(([file]) => file === 'v2/imported.json') ?? [];
  const own = { kind: 'imported', process: 'own', memoryBytesMax: 256 * 1024 ** 2 };
  expect(parseSpec({ ...imported, trainer: own }).trainer).toEqual(own);
  expect(modelProcessOf({ process: 'own' })).toEqual({
    process: 'own',
    memoryBytesMax: 1024 ** 3,
    timeoutMs: 5_000,
  });
  for (const wrong of [{ process: 'mine' }, { memoryBytesMax: 5 }, { timeoutMs: 0 }, { memoryMax: 1 }])
    expect(() => parseSpec({ ...imported, trainer: { kind: 'imported', ...wrong } })).toThrow(
      Object.keys(wrong)[0] ?? '',
    );
});

test('SQL picks only members out of stored specs that every version has in the same form', () => {
  for (const [, spec] of recorded)
    expect(upgradeSpec(spec)).toMatchObject(
      Object.fromEntries(membersOfAnyVersion.flatMap((member) => (member in spec ? [[member, spec[member]]] : []))),
    );
  const files = readdirSync(path.join(rootDir, 'src', 'db'), { recursive: true, encoding: 'utf8' });
  const picked = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(path.join(rootDir, 'src', 'db', file), 'utf8').matchAll(pick)])
    .map(([, member]) => member);
  expect(new Set(picked).size).toBeGreaterThan(3);
  expect(membersOfAnyVersion).toEqual(expect.arrayContaining([...new Set(picked)]));
});
