import type { ReferenceReader } from '../../domain/contract/reference-keys.ts';
import type { ReferencesRule } from '../../domain/spec/spec.ts';
import { cut } from '../../domain/words/cut.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { entityKeyOf } from '../../views/online/entity-key.ts';
import { hasKeyAt } from '../../views/online/has-key.ts';
import type { EdgeRow } from '../edge/edge-row.ts';
import { refusedAt } from '../edge/refused-at.ts';
import type { ReferenceColumns } from './view-columns.ts';
import { keyCharsMax, type ViewReader } from './view-reader.ts';

/** A key that a rule asks its view for. */
export interface AskedKey {
  readonly rule: ReferencesRule;
  readonly key: readonly string[];
  readonly atMs: number;
}

/**
 * Whether the view of each rule has the key at its moment, in order: from memory, or in one query for all of them.
 * Throws `unavailable` where a view does not answer in time, or was not filled yet: a rule that could not be asked is
 * never a pass.
 */
export async function hasKeys(reader: ViewReader | undefined, asked: readonly AskedKey[]): Promise<readonly boolean[]> {
  const [first] = asked;
  if (first === undefined) return [];
  if (reader === undefined) throw notAsked(first.rule);
  const wanted = asked.map(({ rule, key }) => {
    const { view, digest } = rule;
    // Of a rule that `apply` has stored the revision is known.
    if (digest === null) throw notAsked(rule);
    const revision = reader.of({ view, digest });
    return { revision, key, found: revision.plan === null ? undefined : revision.remembered(key) };
  });
  const unread = wanted.filter(({ found }) => found === undefined);
  const answers = unread.length === 0 ? [] : await reader.fetch(unread);
  const read = new Map(unread.map((one, at) => [one, answers[at] ?? null]));
  return asked.map(({ rule, key, atMs }, index) => {
    // Longer ones do not fit into the store, and so are no keys of it.
    if ((entityKeyOf(key)?.length ?? 0) > keyCharsMax) return false;
    const one = wanted[index];
    const found = one?.found ?? (one === undefined ? null : (read.get(one) ?? null));
    const plan = one?.revision.plan ?? null;
    if (plan === null || found === null || found === 'late' || found.stored.snapshot === null) throw notAsked(rule);
    return hasKeyAt(plan, found.stored.state, atMs);
  });
}

/** Throws `invalid_request` for the first row whose key a view does not have; `unavailable` as `hasKeys`. */
export async function refuseUnknownKeys(
  reader: ViewReader | undefined,
  references: readonly ReferenceColumns[],
  rows: readonly EdgeRow[],
  nowMs: number,
): Promise<void> {
  if (references.length === 0) return;
  const asked = rows.flatMap((row, index) =>
    references.flatMap(({ rule, keyOf }) => {
      const key = keyOf(row);
      return key === null ? [] : [{ rule, key, atMs: row.eventTimeMs ?? nowMs, index }];
    }),
  );
  const has = await hasKeys(reader, asked);
  const bad = asked.find((_, place) => has[place] === false);
  if (bad === undefined) return;
  const { rule, key, index } = bad;
  const path = `rows[${index}].${rule.columns[0] ?? ''}`;
  throw refusedAt(path, `${path} is ${cut(key.join(', '), 40)}, which view ${rule.view} does not have (${rule.id})`);
}

/**
 * Ids of the rules by which each of these rows is set aside because a view does not have its key. Throws as `hasKeys`.
 */
export async function brokenReferences(
  reader: ViewReader | undefined,
  { rules, read }: ReferenceReader,
  rows: readonly Readonly<Record<string, unknown>>[],
  nowMs: number,
): Promise<readonly (readonly string[])[]> {
  const asked = rows.flatMap((row, index) => {
    const { atMs, keys } = read(row);
    return rules.flatMap((rule, at) => {
      const key = keys[at] ?? null;
      return key === null ? [] : [{ rule, key, atMs: atMs ?? nowMs, index }];
    });
  });
  const has = await hasKeys(reader, asked);
  const broken = rows.map((): string[] => []);
  asked.forEach(({ rule, index }, place) => {
    if (has[place] === false) broken[index]?.push(rule.id);
  });
  return broken;
}

function notAsked({ id, view }: ReferencesRule): PerennialError {
  return new PerennialError('unavailable', `Rule ${id} could not be asked: view ${view} does not answer.`, {
    path: id,
    hint: 'Send it again in a moment; `perennial view list` says how far the view is.',
  });
}
