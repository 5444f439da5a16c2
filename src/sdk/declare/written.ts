import { PerennialError } from '../../domain/words/errors.ts';
import { listNames, nearestName } from '../../domain/words/nearest-name.ts';

/**
 * The options of a word as they are written, without those that are undefined. Nothing is picked out of them: what no
 * word knows reaches the schema of `apply`, which refuses it by name, where a slip such as `{ mn: 0 }` would be left
 * out in silence. Throws invalid_spec for what is no object, such as `number(0, 100)`.
 */
export function written<Options extends object>(options: Options, word: string): Options {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new PerennialError('invalid_spec', `${word}: its options are no object`, {
      path: word,
      hint: `Write them with their names, as in docs/sdk.md: ${word}({ … }).`,
    });
  // Of the same members: only those go that say nothing.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

/** A list of its own. Throws invalid_spec for a text, which would be taken apart into its characters. */
export function listed<Member>(members: readonly Member[], word: string): Member[] {
  if (!Array.isArray(members))
    throw new PerennialError('invalid_spec', `${word}: its names are no list`, {
      path: word,
      hint: `Write them in brackets: ${word}(['…']).`,
    });
  return [...members];
}

/**
 * Refuses a definition with a member that nobody reads, and one without a member that it needs. `known` says of each
 * member whether it is needed. Throws invalid_spec.
 */
export function refuseOtherMembers(definition: object, what: string, known: Readonly<Record<string, boolean>>): void {
  const names = Object.keys(known);
  const stranger = Object.keys(definition).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    const near = nearestName(stranger, names);
    throw new PerennialError('invalid_spec', `${what} has no member "${stranger}"`, {
      path: stranger,
      hint: near === null ? `It may have ${listNames(names)}.` : `Did you mean ${near}?`,
    });
  }
  const present = new Map(Object.entries(definition));
  const absent = names.find((name) => known[name] === true && present.get(name) === undefined);
  if (absent === undefined) return;
  throw new PerennialError('invalid_spec', `${what} lacks ${absent}`, {
    path: absent,
    hint: `It needs ${listNames(names.filter((name) => known[name] === true))}.`,
  });
}

/** Refuses a call whose words are not where they belong, such as a definition without its name. Throws invalid_spec. */
export function refuseMisplaced(isPlaced: boolean, word: string, written: string): void {
  if (!isPlaced)
    throw new PerennialError('invalid_spec', `${word} is called otherwise`, { path: word, hint: `Write ${written}.` });
}

/** Refuses what no word of the SDK made, such as `amount: number` for `amount: number()`. Throws invalid_spec. */
export function refuseUndeclared(declaration: unknown, path: string, tag: string, words: string): void {
  if (typeof declaration === 'object' && declaration !== null && tag in declaration) return;
  throw new PerennialError('invalid_spec', `${path} is not declared`, { path, hint: `Write ${words}.` });
}

/**
 * Members of an object of declarations in the order in which they were written. Throws invalid_spec for names that
 * JavaScript does not keep there.
 */
export function orderedEntries<Value>(
  declarations: Readonly<Record<string, Value>>,
  path: string,
): readonly (readonly [name: string, declaration: Value])[] {
  // Written as a key, this name makes the object another one, and the feature would be missing without a word.
  if (![Object.prototype, null].includes(Object.getPrototypeOf(declarations)))
    throw new PerennialError('invalid_spec', `${path}: __proto__ is no key of an object in JavaScript`, {
      path,
      hint: "Write it in brackets: ['__proto__']: number().",
    });
  for (const name of Object.keys(declarations)) {
    // JavaScript moves keys like '2020' to the front of an object, and order is the signature.
    if (/^\d+$/.test(name)) {
      throw new PerennialError(
        'invalid_spec',
        `${path}: ${name} is a bare number, and such names do not keep the order in which they are written`,
        { path: `${path}.${name}`, hint: 'Let the name start with a letter.' },
      );
    }
  }
  return Object.entries(declarations);
}
