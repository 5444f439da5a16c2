import { expect, test } from 'vitest';
import { checkSource } from './check-source.ts';
import { completeSpec } from '../default-spec.ts';
import { isCheapToName, takesPushedRows, type MemberSource, type SourceSpec } from '../source-spec.ts';

const folder: MemberSource = { kind: 'folder', path: 'days', format: 'csv' };
const orders: MemberSource = {
  kind: 'postgres',
  secret: 'SHOP',
  query: 'select * from orders',
  cursor: { column: 'id', tieBreaker: 'id' },
};

function problemsOf(source: SourceSpec): readonly string[] {
  const spec = completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'number', name: 'x', missing: 'allow' }],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
    source,
  });
  return checkSource(spec).map(({ path, message, fix }) => `${path}: ${message}. ${fix}`);
}

const union = (members: Readonly<Record<string, MemberSource>>): SourceSpec => ({ kind: 'union', members });

test('sources that are read on may stand together, and one that stands alone is no union', () => {
  expect(problemsOf(union({ shop: orders, days: folder, live: { kind: 'push' } }))).toEqual([]);
  expect(problemsOf({ kind: 'file', path: 'a.csv', format: 'csv' })).toEqual([]);
});

const readOn = 'Use a folder, a bucket, pushed rows, or a query with a cursor.';

test.each<[string, Readonly<Record<string, MemberSource>>, readonly string[]]>([
  [
    'one source',
    { days: folder },
    ['source.members: a union has 2 to 8 sources, and this one has 1. Declare that source alone, or add another one.'],
  ],
  [
    'nine sources',
    Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`d${at}`, folder])),
    ['source.members: a union has 2 to 8 sources, and this one has 9. Write some into one folder.'],
  ],
  [
    'a file',
    { days: folder, old: { kind: 'file', path: 'a.csv', format: 'csv' } },
    [`source.members.old: a file is read as a whole, which would replace the rows of the others. ${readOn}`],
  ],
  [
    'a query without a cursor',
    { days: folder, all: { kind: 'postgres', secret: 'S', query: 'select 1' } },
    [
      'source.members.all: a query without a cursor is read as a whole, which would replace the rows of the others. ' +
        readOn,
    ],
  ],
  [
    'a folder that is read anew',
    { days: { ...folder, onRewrite: 'retake' }, live: { kind: 'push' } },
    [
      'source.members.days: `onRewrite: "retake"` reads everything anew, which would replace the rows of the others. ' +
        readOn,
    ],
  ],
  [
    'two that take pushed rows',
    { a: { kind: 'push' }, b: { kind: 'push' } },
    ['source.members.b: a and b both take pushed rows, which name a model and no source. Keep one of them.'],
  ],
  [
    'a word about the whole history at one of them',
    { days: { ...folder, traffic: 'ignore' }, live: { kind: 'push' } },
    ['source.members.days.traffic: traffic is a word about the whole history. Write it beside `members`.'],
  ],
])('%s is refused', (_, members, said) => {
  expect(problemsOf(union(members))).toEqual(said);
});

test('a union is cheap to name when all of its sources are, and takes pushed rows when one does', () => {
  expect(isCheapToName(union({ shop: orders, days: folder }))).toBe(true);
  expect(takesPushedRows(union({ shop: orders, days: folder }))).toBe(false);
  expect(takesPushedRows(union({ shop: orders, live: { kind: 'push' } }))).toBe(true);
  expect(isCheapToName({ kind: 'push' })).toBe(true);
});
