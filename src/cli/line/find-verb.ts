import type { Verb } from './verb.ts';

export interface FoundVerb {
  readonly verb: Verb;
  /** What follows the verb on the line. */
  readonly rest: readonly string[];
}

/** The verb that a line begins with, by its name or an earlier spelling of it: one word, or a noun and a verb. */
export function findVerb(verbs: readonly Verb[], args: readonly string[]): FoundVerb | null {
  for (const length of [2, 1]) {
    if (args.length < length) continue;
    const name = args.slice(0, length).join(' ');
    const verb = verbs.find((candidate) => candidate.name === name || candidate.aliases?.includes(name));
    if (verb !== undefined) return { verb, rest: args.slice(length) };
  }
  return null;
}

/** What can be done with a noun: `create`, `list` … of `token`. */
export function verbsOf(verbs: readonly Verb[], noun: string): readonly string[] {
  return verbs.flatMap(({ name }) => (name.startsWith(`${noun} `) ? [name.slice(noun.length + 1)] : []));
}

/** The first words of all verbs, each once. */
export function namesOf(verbs: readonly Pick<Verb, 'name'>[]): readonly string[] {
  return [...new Set(verbs.map(({ name }) => name.split(' ')[0] ?? name))];
}
