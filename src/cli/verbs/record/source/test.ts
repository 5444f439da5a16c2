import { sourceTest, type SourceTest } from '../../../../contracts/http/data/sources.ts';
import { parseView } from '../../../../contracts/spec/view-spec.ts';
import { parseSpec } from '../../../../contracts/spec/parse-spec.ts';
import { modelNamePattern } from '../../../../domain/spec/check-spec.ts';
import { columns } from '../../../../domain/words/columns.ts';
import { cut, printable } from '../../../../domain/words/cut.ts';
import { sayCount, sayUnread } from '../../../../domain/words/say.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { loadDefinitions } from '../../../../stack/load-definitions.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';
import { viewNamed } from '../../../line/view-named.ts';

/** Waiting for a turn, connecting, and reading the rows each have a bound of their own. */
const limitMs = 240_000;
/** A time with a zone has 27. */
const cellCharsMax = 30;

export const sourceTestVerb: Verb = {
  name: 'source test',
  about: 'Connect as a definition declares it: the first rows, what each column is, what the contract would say.',
  words: ['<file, model or view/NAME>'],
  flags: [
    { name: 'export', kind: 'text', value: 'NAME', about: 'The export to take, when several define the same model.' },
  ],
  examples: [
    'perennial source test models/fraud.ts',
    'perennial source test fraud --json',
    'perennial source test view/cardholders',
  ],
  async run({ words: [given = ''], config, out, text }) {
    const asked = await askedFor(given);
    const stack = await findStack(config);
    const found: SourceTest[] = [];
    for (const body of asked) {
      const test = await request(sourceTest, {
        method: 'POST',
        url: `${stack.controlUrl}/v1/sources/test`,
        token: stack.token,
        body,
        limitMs,
      });
      for (const line of linesOf(test)) out.line(line);
      found.push(test);
    }
    out.json(found);

    async function askedFor(name: string): Promise<readonly object[]> {
      const view = viewNamed(name);
      if (view !== null) return [{ view }];
      return /[/\\]|\.\w+$/.test(name) && !isModelName(name) ? specsIn(name) : [{ model: name }];
    }

    async function specsIn(file: string): Promise<readonly object[]> {
      const { models, views } = await loadDefinitions(file, config.rootDir, text('export'));
      return [
        ...views.map((definition) => ({ viewSpec: parseView(definition) })),
        ...models.map((definition) => ({ spec: parseSpec(definition) })),
      ];
    }
  },
};

/** `payments.fraud` is a model; `fraud.ts` is a definition, and `fraud.csv` a file that is none, and is told so. */
function isModelName(text: string): boolean {
  return modelNamePattern.test(text) && !/\.(?:ts|mts|js|mjs|json|csv|ndjson|parquet|gz|zst)$/.test(text);
}

function linesOf({ model, source, unread, caveats, sample }: SourceTest): string[] {
  const holds = unread === null ? '' : `, ${sayUnread(unread)}`;
  const head = [`${model}: ${source}${holds}`, ...caveats.map((caveat) => `  ${caveat}`)];
  if (sample === null) return [...head, '  It holds no rows yet.'];
  const { notAsked } = sample.contract;
  const kinds = sample.columns.map(({ name, inferredKind, declaredAs, present, distinct }) => [
    `  ${name}`,
    inferredKind ?? 'left out',
    declaredAs ?? 'not used',
    sayCount(present),
    sayCount(distinct),
  ]);
  return [
    ...head,
    '',
    ...columns([['  COLUMN', 'LOOKS LIKE', 'DECLARED AS', 'PRESENT', 'DISTINCT'], ...kinds]),
    '',
    `  The first ${sample.rows.length} of ${sayCount(sample.rowsSampled)} rows that were looked at:`,
    ...columns([
      sample.columns.map(({ name }, at) => `${at === 0 ? '  ' : ''}${cut(name, cellCharsMax)}`),
      ...sample.rows.map((row) => row.map((cell, at) => `${at === 0 ? '  ' : ''}${sayCell(cell)}`)),
    ]),
    '',
    ...sample.notes.map((note) => `  ${note}`),
    `  Contract: ${sample.contract.text}.`,
    ...(notAsked.length === 0 ? [] : [`  Not asked of a sample: ${notAsked.join(', ')}.`]),
  ];
}

function sayCell(cell: string | null): string {
  return cell === null ? '(none)' : cut(printable(cell), cellCharsMax);
}
