import { PerennialError } from '../../domain/words/errors.ts';

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
