import { sourceTest, type SourceTest } from '../../../contracts/http/data/sources.ts';
import type { ModelSpec } from '../../../domain/spec/spec.ts';
import { isSoonSampled } from '../../../domain/spec/source-spec.ts';
import { isTrainable } from '../../../domain/spec/trainer-spec.ts';
import type { ViewSpec } from '../../../domain/view/view-spec.ts';
import { isPerennialError, PerennialError, type ErrorCode } from '../../../domain/words/errors.ts';
import { listNames } from '../../../domain/words/nearest-name.ts';
import { request } from '../../../stack/request.ts';

/** Nobody waits longer for a look at the first rows; what is slower is looked at by the first training. */
const limitMs = 20_000;
/** Nor for the looks at all sources of a file. */
const limitOfAllMs = 60_000;

/** What says nothing against a definition: its source cannot be looked at just now, or not from there. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'timeout',
  'unavailable',
  'overloaded',
  'rate_limited',
  'unsupported',
  'forbidden',
]);

/** A sentence of a source that was looked at, or could not be. */
export interface Checked {
  readonly name: string;
  readonly text: string;
}

/**
 * Looks at the sources of these definitions, one after the other, for a minute at most: those that are left then are
 * not looked at. Throws as `checkSource`.
 */
export async function checkSources(
  stack: { readonly controlUrl: string; readonly token: string },
  specs: readonly (ModelSpec | ViewSpec)[],
  clock: () => number = () => performance.now(),
): Promise<readonly Checked[]> {
  const found: Checked[] = [];
  const endMs = clock() + limitOfAllMs;
  for (const spec of specs) {
    // oxlint-disable-next-line no-await-in-loop -- few are looked at, at once
    const text = await checkSource(stack, spec, Math.round(Math.min(limitMs, endMs - clock())));
    if (text !== null) found.push({ name: spec.name, text: `"${spec.name}": ${text}` });
  }
  return found;
}

/**
 * Looks at the first rows of the source that a definition declares, where that takes seconds. Answers one sentence for
 * a person, or null for a source that is not looked at. Throws invalid_spec where the definition cannot be right: a
 * column is not there, or no row would be accepted. A source that is absent is none of these: it may come.
 */
async function checkSource(
  stack: { readonly controlUrl: string; readonly token: string },
  spec: ModelSpec | ViewSpec,
  withinMs: number,
): Promise<string | null> {
  const isModel = 'trainer' in spec;
  if ((isModel && !isTrainable(spec.trainer)) || !isSoonSampled(spec.source)) return null;
  if (withinMs <= 0) return `Not checked: the looks at other sources took ${limitOfAllMs / 1_000} s.`;
  let found: SourceTest;
  try {
    found = await request(sourceTest, {
      method: 'POST',
      url: `${stack.controlUrl}/v1/sources/test`,
      token: stack.token,
      body: isModel ? { spec } : { viewSpec: spec },
      limitMs: withinMs,
    });
  } catch (error) {
    // What a path leads to is seen by whoever reads it, and may come later.
    if (!isPerennialError(error) || !(passing.has(error.code) || error.path === 'source.path')) throw error;
    return `Not checked: ${error.message}`;
  }
  const { sample, source } = found;
  if (sample === null) return `Not checked: ${source} holds no rows yet.`;
  refuseMissing(spec.name, found, sample.contract.missing);
  const { accepted, text } = sample.contract;
  if (accepted === 0 && sample.rowsSampled > 0)
    throw refused(spec.name, `of the first rows of ${source} none would be accepted: ${text}`, 'source');
  return `Checked: ${text} (the first rows of ${source}).`;
}

function refuseMissing(
  name: string,
  { source }: SourceTest,
  missing: NonNullable<SourceTest['sample']>['contract']['missing'],
): void {
  const [first] = missing;
  if (first === undefined) return;
  const said = missing.map(({ column, nearest }) => (nearest === null ? column : `${column} (${nearest}?)`));
  const meant = first.nearest === null ? '' : `; did you mean ${first.nearest}?`;
  const text =
    missing.length === 1
      ? `no column ${first.column} in ${source}${meant}`
      : `${missing.length} columns are not in ${source}: ${listNames(said)}`;
  throw refused(name, text, first.column);
}

function refused(name: string, text: string, path: string): PerennialError {
  return new PerennialError('invalid_spec', `"${name}": ${text}`, {
    path,
    hint: 'Nothing was applied. Correct the definition or its source, or say --unchecked.',
  });
}
