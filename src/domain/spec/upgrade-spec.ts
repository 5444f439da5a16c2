import { PerennialError } from '../words/errors.ts';
import { defaultRetention } from './default-retention.ts';

/** The form in which specs are written now. */
export const specFormatVersion = 3 as const;

type Json = Readonly<Record<string, unknown>>;

/** What each version of the form needs to become the next one. A version, once released, stays here for good. */
const steps: Readonly<Record<number, (spec: Json) => Json>> = { 1: toVersion2, 2: toVersion3 };

/**
 * A spec of any version in today's form, with the same meaning; a spec that names no version is of the first. What is
 * no spec at all comes back as it is, for the schema to say what it lacks. Throws `invalid_spec` for a version of the
 * future.
 */
export function upgradeSpec(stored: unknown): unknown {
  if (!isObject(stored)) return stored;
  let spec = stored;
  let version = spec['formatVersion'] ?? 1;
  if (typeof version === 'number' && version > specFormatVersion) throw fromTheFuture(version);
  while (typeof version === 'number' && version < specFormatVersion) {
    const step = steps[version];
    if (step === undefined) return stored;
    version++;
    spec = { ...step(spec), formatVersion: version };
  }
  return spec;
}

/** Version 1 gave every trainer the settings of boosted trees; each kind now has its own and no others. */
function toVersion2(spec: Json): Json {
  const { trainer } = spec;
  if (!isObject(trainer)) return spec;
  const ofTrees = ['treesMax', 'leavesMax', 'learningRate', 'rowsPerLeafMin', 'earlyStoppingTrees'];
  const ofAny = ['l2', 'historyShares', 'refit', 'seed', 'gpu'];
  if (trainer['kind'] === 'linear') return { ...spec, trainer: without(trainer, ofTrees) };
  if (trainer['kind'] === 'imported') return { ...spec, trainer: without(trainer, [...ofTrees, ...ofAny]) };
  return spec;
}

/**
 * Version 2 said nothing of how long things are kept; it gets what a definition that says nothing gets, so that
 * applying it again changes nothing.
 */
function toVersion3(spec: Json): Json {
  return 'retention' in spec ? spec : { ...spec, retention: defaultRetention };
}

/** Members that were never known stay, so that the schema refuses them by name. */
function without(from: Json, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fromTheFuture(version: number): PerennialError {
  return new PerennialError(
    'invalid_spec',
    `The model definition has format version ${version}; this Perennial reads up to ${specFormatVersion}.`,
    { path: 'formatVersion', hint: 'Update Perennial, or declare the model with the SDK of this one.' },
  );
}
