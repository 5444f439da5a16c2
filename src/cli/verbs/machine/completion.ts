import { PerennialError } from '../../../domain/words/errors.ts';
import { namesOf } from '../../line/find-verb.ts';
import { commonFlags } from '../../line/read-line.ts';
import type { Cli } from '../../line/run-line.ts';
import type { Flag } from '../../line/verb.ts';
import { cut } from '../../../domain/words/cut.ts';

/** What completion knows of a verb; verbs that live on their own have no words and flags here. */
export interface Completed {
  readonly name: string;
  readonly about: string;
  readonly words?: readonly string[];
  readonly flags?: readonly Flag[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Seconds that a shell waits for the names of the models: nobody waits longer for a Tab. */
const secondsMax = 1;

/** The script of a shell, made from the table of verbs. Throws `invalid_request` for another shell. */
export function completionScript(shell: string, verbs: readonly Completed[]): string {
  const listed = [...verbs].sort((left, right) => (left.name < right.name ? -1 : 1));
  if (shell === 'bash') return bashScript(listed);
  if (shell === 'zsh')
    return `autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(listed)}`;
  if (shell === 'fish') return fishScript(listed);
  throw new PerennialError(
    'invalid_request',
    `There is no completion for "${cut(shell, 40)}"; there is for ${shells.join(', ')}.`,
    {
      path: 'shell',
      hint: 'Say `perennial completion bash`, zsh or fish.',
    },
  );
}

/** `perennial completion bash`: prints the script. */
export async function runCompletion(
  args: readonly string[],
  { verbs, longVerbs, streams }: Pick<Cli, 'verbs' | 'longVerbs' | 'streams'>,
): Promise<number> {
  const [shell = ''] = args;
  const words = [
    { name: 'completion', about: 'Print the completion script of a shell.', words: [`<${shells.join('|')}>`] },
  ];
  // `worker` is a noun as well, and is completed as one.
  const nouns = namesOf(verbs);
  const plain = longVerbs.filter(({ name }) => name !== 'completion' && !nouns.includes(name));
  if (shell === '--help')
    streams.out('perennial completion bash|zsh|fish\n\nPrints a script to load: source <(perennial completion bash)\n');
  else streams.out(completionScript(shell, [...plain, ...byNoun(verbs), ...words]));
  return 0;
}

/** Verbs of one noun are completed together: the noun, then its verbs, then what any of them takes. */
export function byNoun(verbs: readonly Completed[]): readonly Completed[] {
  return namesOf(verbs).map((noun) => {
    const [alone] = verbs.filter(({ name }) => name === noun);
    if (alone !== undefined) return alone;
    const ofNoun = verbs.filter(({ name }) => name.startsWith(`${noun} `));
    const flags = new Map(ofNoun.flatMap((verb) => (verb.flags ?? []).map((flag) => [flag.name, flag])));
    const second = [...new Set(ofNoun.flatMap((verb) => (verb.words?.[0] ?? '').replaceAll(/[<>[\]]/g, '')))];
    const actions = `<${ofNoun.map(({ name }) => name.slice(noun.length + 1)).join('|')}>`;
    const words = [actions, ...second.filter(Boolean).map((word) => `[${word}]`)].slice(0, 2);
    return { name: noun, about: ofNoun.map(({ about }) => about).join(' '), words, flags: [...flags.values()] };
  });
}

const flagsOf = (verb: Completed): readonly Flag[] => [...(verb.flags ?? []), ...commonFlags];
const canTakeFile = (flag: Flag): boolean => flag.kind !== 'switch' && /PATH|FILE|FOLDER/.test(flag.value ?? '');

/** What may stand at one place: names of models, files, one of some words, or nothing that is known. */
function placeOf(
  word: string,
): { readonly kind: 'models' | 'files' | 'none' } | { readonly kind: 'words'; readonly words: readonly string[] } {
  const inner = word.replaceAll(/[<>[\]]/g, '');
  // `[url|id]` are two names for one thing; only what must be said is one of the words themselves.
  if (word.startsWith('<') && inner.includes('|'))
    return { kind: 'words', words: inner.split('|').filter((part) => /^[a-z-]+$/.test(part)) };
  if (/^model\b/.test(inner)) return { kind: 'models' };
  return { kind: /file|folder|path|\.onnx/i.test(inner) ? 'files' : 'none' };
}

function bashPlace(word: string): string {
  const place = placeOf(word);
  if (place.kind === 'models') return '$(_perennial_models)';
  return place.kind === 'words' ? place.words.join(' ') : '';
}

function bashCase(verb: Completed): string {
  const flags = flagsOf(verb);
  const valued = flags.filter((flag) => flag.kind !== 'switch' && !canTakeFile(flag)).map((flag) => `--${flag.name}`);
  const files = flags.filter(canTakeFile).map((flag) => `--${flag.name}`);
  const places = (verb.words ?? []).map((word, index) => {
    const isFile = placeOf(word).kind === 'files';
    return `        ${index + 1}) ${isFile ? 'files=1' : `words="${bashPlace(word)}"`} ;;`;
  });
  return [
    `    ${verb.name})`,
    `      flags="${flags.map((flag) => `--${flag.name}`).join(' ')}"`,
    `      valued=" ${valued.join(' ')} "; filed=" ${files.join(' ')} "`,
    `      case "$place" in`,
    ...places,
    `      esac ;;`,
  ].join('\n');
}

const completeFilesOrWords =
  'if [ -n "$files" ]; then COMPREPLY=($(compgen -f -- "$current")); ' +
  'else COMPREPLY=($(compgen -W "$words" -- "$current")); fi';

function bashScript(verbs: readonly Completed[]): string {
  return `# bash completion of perennial; load it with: source <(perennial completion bash)
_perennial_models() {
  local limit=""
  command -v timeout >/dev/null 2>&1 && limit="timeout ${secondsMax}"
  $limit "\${COMP_WORDS[0]}" status --json 2>/dev/null | grep -oE '"model":"[a-z0-9._-]+"' | cut -d'"' -f4 | sort -u
}
_perennial() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" verb="\${COMP_WORDS[1]}"
  local flags="" valued="" filed="" words="" files="" place=1 index
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${verbs.map(({ name }) => name).join(' ')} help" -- "$current"))
    return
  fi
  for ((index = 2; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in -*) ;; *) place=$((place + 1)) ;; esac
  done
  # Names are asked for only where they are wanted: asking takes a moment.
  case "$current" in -*) place=0 ;; esac
  case "$previous" in --*) place=0 ;; esac
  case "$verb" in
${verbs.map(bashCase).join('\n')}
    help) words="${verbs.map(({ name }) => name).join(' ')}" ;;
  esac
  case "$filed" in *" $previous "*) COMPREPLY=($(compgen -f -- "$current")); return ;; esac
  case "$valued" in *" $previous "*) return ;; esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")) ;;
    *) ${completeFilesOrWords} ;;
  esac
}
complete -o filenames -F _perennial perennial
`;
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function fishCase(verb: Completed): string[] {
  const here = `__fish_seen_subcommand_from ${verb.name}`;
  const places = (verb.words ?? []).map(placeOf);
  const isModel = places.some(({ kind }) => kind === 'models');
  const words = places.flatMap((place) => (place.kind === 'words' ? place.words : []));
  return [
    `complete -c perennial -n __fish_use_subcommand -a ${verb.name} -d ${quoted(verb.about)}`,
    ...(isModel ? [`complete -c perennial -n '${here}' -a '(__perennial_models)'`] : []),
    ...(words.length === 0 ? [] : [`complete -c perennial -n '${here}' -a '${words.join(' ')}'`]),
    ...(places.some(({ kind }) => kind === 'files') ? [`complete -c perennial -n '${here}' -F`] : []),
    ...flagsOf(verb).map(
      (flag) =>
        `complete -c perennial -n '${here}' -l ` +
        `${flag.name}${flag.kind !== 'switch' ? ' -r' : ''}${canTakeFile(flag) ? ' -F' : ''} -d ${quoted(flag.about)}`,
    ),
  ];
}

function fishScript(verbs: readonly Completed[]): string {
  return `# fish completion of perennial; load it with: perennial completion fish | source
function __perennial_models
  timeout ${secondsMax} perennial status --json 2>/dev/null | string match -arg '"model":"([a-z0-9._-]+)"' | sort -u
end
complete -c perennial -f
${verbs.flatMap(fishCase).join('\n')}
`;
}
