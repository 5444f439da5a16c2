import { parseArgs } from 'node:util';
import { PerennialError } from '../../domain/words/errors.ts';
import { nearestName } from '../../domain/words/nearest-name.ts';
import type { Flag, Verb } from './verb.ts';
import { cut } from '../../domain/words/cut.ts';

export const commonFlags: readonly Flag[] = [
  { name: 'json', kind: 'switch', about: 'Answer with one line of JSON.' },
  { name: 'help', kind: 'switch', about: 'Show this and do nothing.' },
];

export interface ReadLine {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/**
 * Reads what follows the verb. Throws `invalid_request` in one sentence, with the nearest flag when one was misspelt.
 */
export function readLine(verb: Verb, args: readonly string[]): ReadLine {
  const flags = [...verb.flags, ...commonFlags];
  const options = Object.fromEntries(
    flags.map((flag) => [flag.name, { type: flag.kind !== 'switch' ? ('string' as const) : ('boolean' as const) }]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const words: string[] = [];
  const values: Record<string, string | boolean | string[]> = {};
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const value = valueOf(verb, flags, token.rawName, token.name, token.value);
    const before = values[token.name];
    if (isRepeated(flags, token.name) && typeof value === 'string')
      values[token.name] = Array.isArray(before) ? [...before, value] : [value];
    else values[token.name] = value;
  }
  if (values['help'] !== true) checkWords(verb, words);
  return { words, values };
}

function isRepeated(flags: readonly Flag[], name: string): boolean {
  return flags.some((flag) => flag.name === name && flag.kind === 'texts');
}

function valueOf(
  verb: Verb,
  flags: readonly Flag[],
  raw: string,
  name: string,
  value: string | undefined,
): string | boolean {
  const flag = flags.find((candidate) => candidate.name === name);
  if (flag === undefined || !raw.startsWith('--')) throw unknownFlag(verb, raw, flags);
  if (flag.kind === 'switch') {
    if (value !== undefined) throw misuse(verb, `${raw} takes no value`, raw);
    return true;
  }
  if (value === undefined) throw misuse(verb, `${raw} needs a value: ${raw} ${flag.value ?? 'TEXT'}`, raw);
  return value;
}

function unknownFlag(verb: Verb, raw: string, flags: readonly Flag[]): PerennialError {
  const close = nearestName(
    raw.replace(/^-+/, ''),
    flags.map((flag) => flag.name),
  );
  return misuse(
    verb,
    `\`perennial ${verb.name}\` has no flag ${raw}${close === null ? '' : `; did you mean --${close}?`}`,
    raw,
  );
}

function checkWords(verb: Verb, words: readonly string[]): void {
  const needed = verb.words.filter((word) => word.startsWith('<')).length;
  if (words.length < needed)
    throw misuse(
      verb,
      `\`perennial ${verb.name}\` needs ${verb.words[words.length] ?? 'a word'}`,
      verb.words[words.length],
    );
  const extra = words[verb.words.length];
  if (extra !== undefined) throw misuse(verb, `\`perennial ${verb.name}\` takes no "${cut(extra, 100)}"`, extra);
}

function misuse(verb: Verb, sentence: string, path: string | undefined): PerennialError {
  return new PerennialError('invalid_request', `${sentence}.`, {
    hint: `See \`perennial ${verb.name} --help\`.`,
    ...(path === undefined ? {} : { path }),
  });
}
