import { readConfig, type Config } from '../../config.ts';
import { errorTable, isPerennialError, PerennialError } from '../../domain/words/errors.ts';
import { nearestName } from '../../domain/words/nearest-name.ts';
import { helpOf, helpOfAll } from './help.ts';
import { findVerb, namesOf, verbsOf } from './find-verb.ts';
import { readLine } from './read-line.ts';
import type { Out, Verb } from './verb.ts';
import { productVersion } from '../../product-version.ts';
import { cut, printable } from '../../domain/words/cut.ts';

/**
 * A verb that lives on its own: it gets the rest of the line as it is (and the table of verbs), and gives the exit
 * code.
 */
export interface LongVerb {
  readonly name: string;
  readonly about: string;
  start(args: readonly string[], cli: Cli): Promise<number>;
}

export interface Streams {
  out(text: string): void;
  err(text: string): void;
}

export interface Cli {
  readonly verbs: readonly Verb[];
  readonly longVerbs: readonly LongVerb[];
  readonly streams: Streams;
  readonly readConfig?: () => Config;
}

/** Runs one command line and gives its exit code: 0, 2 for a line that was not understood, 1 for what failed. */
export async function runLine(cli: Cli, args: readonly string[]): Promise<number> {
  const isJson = args.includes('--json');
  try {
    return await dispatch(cli, args, isJson);
  } catch (error) {
    return tellFailure(error, cli.streams, isJson);
  }
}

async function dispatch(cli: Cli, args: readonly string[], isJson: boolean): Promise<number> {
  const [name, ...rest] = args;
  const long = cli.longVerbs.find((candidate) => candidate.name === name);
  // A noun may be a verb on its own as well: `worker`, and `worker list`.
  if (long !== undefined && findVerb(cli.verbs, args) === null) return long.start(rest, cli);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = findVerb(cli.verbs, rest);
    cli.streams.out(`${asked === null ? helpOfAll(listed(cli), rest[0]) : helpOf(asked.verb)}\n`);
    return 0;
  }
  if (name === '--version' || name === '-v' || name === 'version') {
    cli.streams.out(isJson ? `${JSON.stringify({ version: productVersion })}\n` : `perennial ${productVersion}\n`);
    return 0;
  }
  const found = findVerb(cli.verbs, args);
  if (found === null) return nounAlone(cli, name, rest);
  const { words, values } = readLine(found.verb, found.rest);
  if (values['help'] === true) {
    cli.streams.out(`${helpOf(found.verb)}\n`);
    return 0;
  }
  const config = (cli.readConfig ?? readConfig)();
  await found.verb.run({
    words,
    config,
    out: outOf(cli.streams, isJson),
    text: (flag) => (typeof values[flag] === 'string' ? values[flag] : null),
    texts: (flag) => textsOf(values[flag]),
    isSet: (flag) => values[flag] === true,
  });
  return 0;
}

/** Every verb as the help lists it; those that live on their own have no words and flags here. */
function listed(cli: Cli): readonly Verb[] {
  const longVerbs = cli.longVerbs.map((long) => ({
    ...long,
    words: [],
    flags: [],
    examples: [],
    run: () => Promise.resolve(),
  }));
  return [...longVerbs, ...cli.verbs];
}

/** A noun without a verb is a question: `perennial token --help` lists what can be done with one. */
function nounAlone(cli: Cli, noun: string, rest: readonly string[]): number {
  const known = verbsOf(cli.verbs, noun);
  const [verb] = rest;
  if (known.length === 0) throw unknownVerb(noun, namesOf(listed(cli)));
  if (verb === undefined || verb === '--help' || verb === '-h') {
    cli.streams.out(`${helpOfAll(listed(cli), noun)}\n`);
    return 0;
  }
  const close = nearestName(verb, known);
  throw new PerennialError(
    'invalid_request',
    `\`perennial ${noun}\` has no "${cut(verb, 60)}"${close === null ? '' : `; did you mean ${close}?`}.`.replace(
      '?.',
      '?',
    ),
    { path: verb, hint: `See \`perennial ${noun} --help\`.` },
  );
}

function unknownVerb(name: string, known: readonly string[]): PerennialError {
  const close = nearestName(name, known);
  const sentence = name.startsWith('-')
    ? `The verb comes first; there is none before ${name}`
    : `There is no verb "${cut(name, 60)}"`;
  return new PerennialError(
    'invalid_request',
    `${sentence}${close === null ? '' : `; did you mean ${close}?`}.`.replace('?.', '?'),
    {
      path: name,
      hint: 'See `perennial --help`.',
    },
  );
}

function outOf(streams: Streams, isJson: boolean): Out {
  return {
    line: (text) => {
      if (!isJson) streams.out(`${printableLines(text)}\n`);
    },
    document: (text) => {
      if (!isJson) streams.out(text);
    },
    json: (value) => {
      if (isJson) streams.out(`${JSON.stringify(value)}\n`);
    },
  };
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** One sentence and a hint; a stack trace only for a defect of ours, and then asked for by name. */
function tellFailure(error: unknown, streams: Streams, isJson: boolean): number {
  const known = isPerennialError(error)
    ? error
    : new PerennialError('internal', error instanceof Error ? error.message : String(error), { cause: error });
  const { code, message, hint, path } = known;
  if (isJson)
    streams.out(`${JSON.stringify({ error: { code, message, hint, ...(path === undefined ? {} : { path }) } })}\n`);
  streams.err(`${printableLines(`error: ${message}\nhint: ${hint}`)}\n`);
  return errorTable[code].status === 400 ? 2 : 1;
}

function textsOf(value: string | boolean | readonly string[] | undefined): readonly string[] {
  return typeof value === 'object' ? value : [];
}
