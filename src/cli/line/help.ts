import { commonFlags } from './read-line.ts';
import { columns } from '../../domain/words/columns.ts';
import type { Flag, Verb } from './verb.ts';

/** What `perennial --help` shows; with a noun, its verbs alone. */
export function helpOfAll(verbs: readonly Verb[], noun?: string): string {
  const ofNoun = verbs.filter(({ name }) => name.startsWith(`${noun} `));
  const shown = ofNoun.length === 0 ? verbs : ofNoun;
  const rows = shown.map((verb) => [`  ${[verb.name, ...verb.words].join(' ')}`, verb.about]);
  return [
    'Perennial keeps machine-learning models alive in production.',
    '',
    'Usage: perennial <verb> [words] [flags]',
    '',
    ...columns(rows),
    '',
    'Every verb takes --json and --help; `perennial --version` prints the version.',
    'Without settings, verbs talk to what `perennial dev` started here;',
    'PERENNIAL_CONTROL_URL, PERENNIAL_INFERENCE_URL and PERENNIAL_TOKEN point them elsewhere.',
  ].join('\n');
}

/** What `perennial <verb> --help` shows. */
export function helpOf(verb: Verb): string {
  const rows = [...verb.flags, ...commonFlags].map((flag) => [`  ${flagText(flag)}`, flag.about]);
  return [
    verb.about,
    '',
    `Usage: perennial ${[verb.name, ...verb.words, '[flags]'].join(' ')}`,
    '',
    ...columns(rows),
    ...(verb.examples.length === 0 ? [] : ['', 'Examples:', ...verb.examples.map((example) => `  ${example}`)]),
  ].join('\n');
}

function flagText(flag: Flag): string {
  return flag.kind !== 'switch' ? `--${flag.name} ${flag.value ?? 'TEXT'}` : `--${flag.name}`;
}
