import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FeatureKind, TargetSpec } from '../../domain/spec/spec.ts';
import { signatureOf, type Signature } from '../../domain/spec/signature.ts';
import { createRandom, type Random } from '../../statistics/numeric/random.ts';
import { columnFrom, columnsOf, type FeatureColumns } from '../run/columns.ts';
import { loadModel, runModel } from '../run/run-model.ts';
import type { Dump, DumpNode } from './dump.ts';
import { dumpGraph } from './dump-graph.ts';
import { floatBelow } from './float-cuts.ts';
import { graphFromLightGbm } from './lightgbm/graph-from-lightgbm.ts';
import { matchFeatures } from './match-features.ts';
import { graphFromXgBoost } from './xgboost/graph-from-xgboost.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-dumps-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Cell = number | string | null;
interface Recorded {
  readonly about: string;
  readonly maker: 'lightgbm' | 'xgboost';
  readonly features: readonly (readonly [name: string, kind: 'number' | 'category'])[];
  /** 0 for a value. */
  readonly classes: number;
  readonly rows: readonly (readonly Cell[])[];
  /** P(second class), probabilities per class, or a value, as the library itself says. */
  readonly answers: readonly (number | readonly number[])[];
  readonly text: string;
}
const recorded: { readonly versions: Record<string, string>; readonly cases: readonly Recorded[] } = JSON.parse(
  await readFile(path.join(import.meta.dirname, 'dumps.golden.json'), 'utf8'),
);

const labelDelay = { rows: 0 } as const;
function targetOf(classes: number): TargetSpec {
  if (classes === 0) return { task: 'regression', column: 'y', labelDelay };
  if (classes === 2) return { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay };
  const names = Array.from({ length: classes }, (_, code) => `class ${code}`);
  return { task: 'multiclass', column: 'y', classes: names, labelDelay };
}

function signatureFor(features: readonly (readonly [string, FeatureKind])[], classes: number): Signature {
  return signatureOf({
    features: features.map(([name, kind]) => ({ name, kind, missing: 'allow' as const })),
    target: targetOf(classes),
  });
}

function columnsFor(features: readonly (readonly [string, FeatureKind])[], rows: readonly (readonly Cell[])[]) {
  return columnsOf(
    rows.length,
    features.map(([name, kind], at) =>
      columnFrom(
        { name, kind },
        rows.map((row) => row[at] ?? null),
      ),
    ),
  );
}

let count = 0;
async function run(bytes: Uint8Array, columns: FeatureColumns) {
  const file = path.join(folder, `${++count}.onnx`);
  await writeFile(file, bytes);
  const { session } = await loadModel(file);
  try {
    return await runModel(session, columns);
  } finally {
    await session.release();
  }
}

const graphFrom = { lightgbm: graphFromLightGbm, xgboost: graphFromXgBoost };

describe('what a dump answers here and there', () => {
  test('the record has each library and enough rows', () => {
    expect(Object.keys(recorded.versions)).toEqual(['lightgbm', 'xgboost', 'numpy', 'pandas']);
    for (const maker of ['lightgbm', 'xgboost'])
      expect(recorded.cases.filter((one) => one.maker === maker).length).toBeGreaterThan(12);
  });

  test.each(recorded.cases.map((one) => [`${one.maker}: ${one.about}`, one] as const))('%s', async (_about, one) => {
    const signature = signatureFor(one.features, one.classes);
    const bytes = graphFrom[one.maker](one.text, signature, {});
    const { scores, outputs } = await run(bytes, columnsFor(one.features, one.rows));
    expect(outputs).toBe(Math.max(1, one.classes));
    let worst = 0;
    for (const [row, answer] of one.answers.entries()) {
      const ours = [...scores.subarray(row * outputs, (row + 1) * outputs)];
      const theirs = typeof answer === 'number' ? [answer] : answer;
      const compared = theirs.length === 1 && outputs === 2 ? ours.slice(1) : ours;
      expect(compared.length).toBe(theirs.length);
      for (const [at, said] of theirs.entries()) {
        const unit = one.classes === 0 ? Math.max(1, Math.abs(said)) : 1;
        worst = Math.max(worst, Math.abs((compared[at] ?? Number.NaN) - said) / unit);
      }
    }
    // Answers are float32 here: half a unit of its last place, and XGBoost adds up in float32 on both sides.
    expect(worst).toBeLessThan(5e-7);
  });
});

/** The meaning of a dump, written a second time. `cells` hold codes for categories. */
function walk(node: DumpNode, cells: readonly (number | null)[]): number {
  if ('leaf' in node) return node.leaf;
  const value = cells[node.feature] ?? null;
  if ('members' in node) {
    const isLeft = value === null ? node.isMissingMember : node.members.includes(Math.floor(value));
    return walk(isLeft ? node.left : node.right, cells);
  }
  const isMissing = value === null || (node.isZeroMissing && value === 0);
  return walk((isMissing ? node.isMissingLeft : value <= node.cut) ? node.left : node.right, cells);
}

const words = Array.from({ length: 300 }, (_, code) => `word ${code}`);

function randomTree(random: Random, round: (value: number) => number, depth: number): DumpNode {
  if (depth === 0 || random.next() < 0.1) return { leaf: round(random.normal()) };
  const children = { left: randomTree(random, round, depth - 1), right: randomTree(random, round, depth - 1) };
  const feature = random.integer(4);
  if (feature < 2) {
    const cut = round(random.integer(9) - 4 + (random.next() < 0.5 ? 0 : random.normal()));
    return { feature, cut, isMissingLeft: random.next() < 0.5, isZeroMissing: random.next() < 0.3, ...children };
  }
  // From one member to nearly all: the runtime has a way of its own for few and for many.
  const share = random.next() ** 3;
  const members = words.map((_, code) => code).filter(() => random.next() < share);
  return { feature, members: [random.integer(300), ...members], isMissingMember: random.next() < 0.5, ...children };
}

describe('any trees', () => {
  const features = [
    ['one', 'number'],
    ['two', 'number'],
    ['coded', 'number'],
    ['worded', 'category'],
  ] as const;
  const rounds = { float: Math.fround, double: (value: number) => value };

  test.each(['float', 'double'] as const)('are decided as their walker does, in %s', async (precision) => {
    const round = rounds[precision];
    const signature = signatureFor(features, 0);
    for (let seed = 0; seed < 20; seed++) {
      const random = createRandom(`${precision} ${seed}`);
      const dump: Dump = {
        maker: 'a test',
        features: features.map(([name, kind], at) => ({
          name,
          isCategory: at > 1,
          words: kind === 'category' ? words : null,
        })),
        trees: Array.from({ length: 6 }, () => ({ target: 0, root: randomTree(random, round, 1 + random.integer(7)) })),
        base: [0.25],
        objective: { name: 'plain', answers: 'value', link: 'identity', slope: 1 },
        precision,
      };
      const cells = Array.from({ length: 200 }, () => [
        random.next() < 0.2 ? null : round(random.integer(9) - 4 + (random.next() < 0.5 ? 0 : random.normal())),
        random.next() < 0.2 ? null : round(random.normal()),
        random.next() < 0.2 ? null : random.integer(310) + (random.next() < 0.5 ? 0 : 0.5) - 4,
        random.next() < 0.2 ? null : random.integer(300),
      ]);
      const rows = cells.map(([one = null, two = null, coded = null, worded = null]): Cell[] => [
        one,
        two,
        coded,
        worded === null ? (random.next() < 0.5 ? null : 'never seen') : `word ${worded}`,
      ]);
      const bytes = dumpGraph(dump, matchFeatures(dump, signature), signature, {});
      // oxlint-disable-next-line no-await-in-loop -- one model at a time
      const { scores } = await run(bytes, columnsFor(features, rows));
      for (const [row, values] of cells.entries()) {
        const sum = dump.trees.reduce((all, tree) => all + walk(tree.root, values), 0.25);
        expect(scores[row]).toBeCloseTo(sum, 5);
      }
    }
  });

  test('a cut that only float64 tells apart decides by float64', async () => {
    const cut = 1_000_000_000.005;
    const dump: Dump = {
      maker: 'a test',
      features: [{ name: 'one', isCategory: false, words: null }],
      trees: [
        {
          target: 0,
          root: { feature: 0, cut, isMissingLeft: true, isZeroMissing: false, left: { leaf: 1 }, right: { leaf: 2 } },
        },
      ],
      base: [0],
      objective: { name: 'plain', answers: 'value', link: 'identity', slope: 1 },
      precision: 'double',
    };
    const known = [['one', 'number']] as const;
    const signature = signatureFor(known, 0);
    const bytes = dumpGraph(dump, matchFeatures(dump, signature), signature, {});
    const { scores } = await run(bytes, columnsFor(known, [[1_000_000_000], [1_000_000_000.01], [null]]));
    expect([...scores]).toEqual([1, 2, 1]);
  });
});

test('the float32 below a cut tells every float32 apart as the cut does', () => {
  const random = createRandom('cuts');
  const cuts = [0, -0, 1, -1, 2 ** -149, -(2 ** -149), 3.4028234663852886e38, 1e-38, 16_777_216];
  for (let draw = 0; draw < 1_000; draw++) cuts.push(random.normal() * 10 ** (random.integer(60) - 30));
  for (const exact of cuts) {
    const cut = Math.fround(exact);
    const below = floatBelow(exact);
    expect(below < cut).toBe(true);
    expect(Math.fround(below)).toBe(below);
    // Nothing lies between the two.
    expect([below, cut]).toContain(Math.fround((below + cut) / 2));
  }
  expect(floatBelow(-1e39)).toBe(-Infinity);
  expect(floatBelow(1e39)).toBe(3.4028234663852886e38);
});
