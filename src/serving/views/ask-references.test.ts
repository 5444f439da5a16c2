import { expect, test } from 'vitest';
import { viewOf } from '../../../tests/worlds/a-view.ts';
import { failureOf } from '../../../tests/worlds/foreign-rows.ts';
import { silentLog } from '../../../tests/worlds/serving-world.ts';
import type { ReferencesRule } from '../../domain/spec/spec.ts';
import { entityKeyOf } from '../../views/online/entity-key.ts';
import { noState, withRows } from '../../views/online/entity-state.ts';
import { planView } from '../../views/online/plan-view.ts';
import type { StoredEntity, ViewAsk, ViewStore } from '../ports.ts';
import { brokenReferences, hasKeys, refuseUnknownKeys } from './ask-references.ts';
import { createViewReader } from './view-reader.ts';

const view = viewOf('cards', { features: [{ name: 'age', kind: 'number' }] });
const plan = planView(view);
const rule: ReferencesRule = {
  rule: 'references',
  id: 'known-card',
  columns: ['card'],
  view: 'cards',
  digest: 'd',
  severity: 'quarantine',
};
const row = { eventMs: 50, availableMs: 70, seq: 1, id: null, values: { age: 7 } };
const state = withRows(plan, noState(plan), [row], 1_000).state;

function readerOver(read: (asks: readonly ViewAsk[]) => Promise<readonly (StoredEntity | null)[]>) {
  const queries: number[] = [];
  const store: ViewStore = {
    read(asks) {
      queries.push(asks.length);
      return read(asks);
    },
    view: () => Promise.resolve(view),
    heads: () => Promise.resolve([]),
    onChange: () => () => undefined,
    keep: () => Promise.resolve(),
  };
  return { reader: createViewReader(store, silentLog), queries };
}

const holding =
  (snapshot: string | null) =>
  (asks: readonly ViewAsk[]): Promise<readonly StoredEntity[]> =>
    Promise.resolve(
      asks.map(({ entity }) => ({
        state: entity === entityKeyOf(['a']) ? state : null,
        sequence: 1,
        snapshot,
        isBuilding: false,
        heldChars: 0,
      })),
    );

const asked = (key: string, atMs = 100) => ({ rule, key: [key], atMs });

test('a key counts from the moment on at which it was known; all are asked in one query, and remembered', async () => {
  const { reader, queries } = readerOver(holding('s'));
  const keys = [asked('a'), asked('a', 70), asked('a', 69), asked('b'), asked('x'.repeat(600))];
  expect(await hasKeys(reader, keys)).toEqual([true, true, false, false, false]);
  expect(await hasKeys(reader, keys.slice(0, 4))).toEqual([true, true, false, false]);
  expect(queries).toEqual([2]);
  expect(await hasKeys(reader, [])).toEqual([]);
});

test('a view that does not answer, or was not filled, is no pass: the rule could not be asked', async () => {
  const said = {
    code: 'unavailable',
    path: 'known-card',
    message: 'Rule known-card could not be asked: view cards does not answer.',
  };
  const failing = [
    readerOver(() => Promise.reject(new Error('the database is away'))),
    readerOver(() => new Promise(() => undefined)),
    readerOver(() => Promise.resolve([null])),
    readerOver(holding(null)),
  ];
  for (const { reader } of failing) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await failureOf(hasKeys(reader, [asked('a')]))).toMatchObject(said);
  }
  expect(await failureOf(hasKeys(undefined, [asked('a')]))).toMatchObject(said);
  expect(
    await failureOf(hasKeys(readerOver(holding('s')).reader, [{ ...asked('a'), rule: { ...rule, digest: null } }])),
  ).toMatchObject(said);
});

test('a request is refused by the first row whose key is unknown; one without a key is not asked', async () => {
  const { reader } = readerOver(holding('s'));
  const edge = (entity: string | null) => ({ numbers: new Float64Array(), texts: [], entity, eventTimeMs: null });
  const references = [{ rule, keyOf: ({ entity }: { entity: string | null }) => (entity === null ? null : [entity]) }];
  await refuseUnknownKeys(reader, references, [edge('a'), edge(null)], 100);
  expect(await failureOf(refuseUnknownKeys(reader, references, [edge('a'), edge('b')], 100))).toMatchObject({
    code: 'invalid_request',
    message: 'rows[1].card is b, which view cards does not have (known-card)',
  });
});

test('pushed rows are told the rules that they break, row by row', async () => {
  const { reader } = readerOver(holding('s'));
  const keys = (one: string | null) => ({ atMs: 100, keys: [one === null ? null : [one]] });
  const given = { rules: [rule], read: ({ card }: Readonly<Record<string, unknown>>) => keys(card as string | null) };
  const rows = [{ card: 'a' }, { card: 'b' }, { card: null }];
  expect(await brokenReferences(reader, given, rows, 100)).toEqual([[], ['known-card'], []]);
});
