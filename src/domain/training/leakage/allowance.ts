import { cut } from '../../words/cut.ts';
import { PerennialError } from '../../words/errors.ts';
import { leakageKinds, rowOrder, type LeakageKind, type LeakageSuspicion } from './suspicion.ts';

/** What a suspicion is about, whichever rows gave rise to it: a person's word about it holds for later rows as well. */
export interface Suspected {
  readonly column: string;
  readonly kind: LeakageKind;
}

/** Under which people name a suspicion: `discount:target-copy`. */
export function suspicionName({ column, kind }: Suspected): string {
  return `${column}:${kind}`;
}

/** The reverse. Throws `invalid_request` for what names no kind of suspicion. */
export function parseSuspicion(name: string): Suspected {
  const at = name.lastIndexOf(':');
  const kind = leakageKinds.find((one) => one === name.slice(at + 1));
  if (at < 1 || kind === undefined) throw noSuspicion(name, 'names no kind of suspicion');
  return { column: name.slice(0, at), kind };
}

/** The same, of what is told of the features of a model. Throws `invalid_request` for what is no suspicion of it. */
export function readSuspicion(name: string, features: readonly { readonly name: string }[]): Suspected {
  const suspected = parseSuspicion(name);
  const { column, kind } = suspected;
  const isKnown = kind === 'row-order' ? column === rowOrder : features.some((feature) => feature.name === column);
  if (isKnown) return suspected;
  throw noSuspicion(name, `is of a column that is no feature (${cut(column, 60)})`);
}

function noSuspicion(name: string, what: string): PerennialError {
  return new PerennialError('invalid_request', `"${cut(name, 120)}" ${what}.`, {
    path: 'suspicion',
    hint:
      'Write the feature, a colon and the kind, as the failed run says it: discount:target-copy. Kinds: ' +
      `${leakageKinds.join(', ')}.`,
  });
}

/** Without those that a person has let go. */
export function withoutAllowed(
  found: readonly LeakageSuspicion[],
  allowed: readonly string[],
): readonly LeakageSuspicion[] {
  return found.filter((one) => !allowed.includes(suspicionName(one)));
}
