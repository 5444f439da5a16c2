import {
  correctionList,
  type AnsweringCorrection,
  type CorrectionView,
} from '../../../../contracts/http/corrections.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { sayNumber } from '../../../../domain/words/say.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

/** Of one answer; `next` of it goes on. */
const shownMax = 50;

export const correctionListVerb: Verb = {
  name: 'correction list',
  about: 'How the answers of a model were corrected between trainings, newest first; `*` is what answers now.',
  words: ['<model>'],
  flags: [
    { name: 'version', kind: 'text', value: 'N', about: 'Of this version alone.' },
    { name: 'cursor', kind: 'text', value: 'NEXT', about: 'Go on after an earlier page, by its `next`.' },
  ],
  examples: ['perennial correction list fraud', 'perennial correction list fraud --version 3 --json'],
  async run(call) {
    const { config, out, words } = call;
    const [model = ''] = words;
    const stack = await findStack(config);
    const query = new URLSearchParams({ limit: String(shownMax) });
    for (const name of ['version', 'cursor'] as const) {
      const given = call.text(name);
      if (given !== null) query.set(name, given.replace(/^v(?=\d)/, ''));
    }
    const url = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/corrections?${query.toString()}`;
    const found = await request(correctionList, { method: 'GET', url, token: stack.token });
    for (const one of found.answering) out.line(sayAnswering(one));
    if (found.corrections.length === 0) out.line(`No correction of ${model} has been judged.`);
    else
      for (const line of columns([heads, ...found.corrections.map((row) => cellsOf(row, found.answering))]))
        out.line(line);
    if (found.next !== null) out.line(`There are more: \`perennial correction list ${model} --cursor ${found.next}\`.`);
    out.json(found);
  },
};

const heads = ['WHEN (UTC)', 'WINDOW', 'VERSION', 'VERDICT', 'DIGEST', 'ROWS', 'GAIN (AT LEAST)', 'BY', 'WHY'];

function cellsOf(row: CorrectionView, answering: readonly AnsweringCorrection[]): string[] {
  const isAnswering = answering.some(({ version, digest }) => version === row.version && digest === row.digest);
  return [
    shortInstant(row.at),
    row.window === null ? '-' : String(row.window),
    `v${row.version}`,
    row.judged === row.verdict ? row.verdict : `${row.verdict} (${row.judged})`,
    `${isAnswering ? '*' : ' '}${short(row.digest)}`,
    row.rows === null ? '-' : String(row.rows),
    sayGain(row.verdict === 'shadow' ? (row.wouldHaveGained ?? row.gain) : row.gain),
    row.by,
    row.text,
  ];
}

function sayGain(gain: CorrectionView['gain']): string {
  return gain === null ? '-' : `${sayNumber(gain.estimate)} (${sayNumber(gain.lower)})`;
}

function sayAnswering({ version, as, digest, isHeld }: AnsweringCorrection): string {
  const how = digest === 'identity' ? 'uncorrected' : `with correction ${short(digest)}`;
  return `v${version} (${as}) answers ${how}${isHeld ? ', held by a person' : ''}.`;
}

function short(digest: string | null): string {
  return digest === null ? '-' : digest.slice(0, 16);
}
