import { cut } from '../../words/cut.ts';
import { sayCount, sayNumber, sayShare } from '../../words/say.ts';
import type { ExternalFit, ExternalReport } from '../external.ts';
import type { TrainReport } from '../training.ts';

/** A fact of a fit by a program of somebody else, by its name. */
export interface FitFact {
  readonly name: string;
  readonly text: string;
}

const shownMax = 12;
const charsMax = 400;

/** What pages and cards show of such a fit: where it ran, what is known of it, and what it says of itself. */
export function sayExternalFit({ kind, output, environment, said }: ExternalFit): readonly FitFact[] {
  const { argv, codeDigest, lockDigest, image, host } = environment;
  return [
    fact(kind === 'command' ? 'Program' : 'Program of a worker', argv?.join(' ')),
    fact('Its code (SHA-256)', codeDigest),
    fact('Its lock file (SHA-256)', lockDigest),
    fact('Its image, as declared', image),
    fact('Ran on', host),
    fact('It left', output === 'onnx' ? 'an ONNX file' : `a dump of ${output}`),
    fact('Said by its trainer, and not judged by', said === null ? 'nothing' : saidBy(said)),
  ].flat();
}

/** What its own answers came to beside those of its file; null where nobody else answered. */
export function sayParity({ rows, maxAbsoluteDifference }: TrainReport['parity']): string {
  return rows === 0
    ? 'not compared with its trainer'
    : `${sayNumber(maxAbsoluteDifference)} at most over ${sayCount(rows)} rows`;
}

function saidBy({ metrics = {}, importance = [], environment = {}, note }: ExternalReport): string {
  const parts = [
    listed(Object.entries(metrics).map(([name, value]) => `${name} ${sayNumber(value)}`)),
    importance.length === 0
      ? ''
      : `leans on ${listed(importance.map(({ feature, gain }) => `${feature} (${shareOf(gain, importance)})`))}`,
    listed(Object.entries(environment).map(([name, value]) => `${name} ${value}`)),
    note ?? '',
  ];
  return parts.filter((part) => part !== '').join('; ') || 'nothing';
}

function shareOf(gain: number, all: readonly { readonly gain: number }[]): string {
  const sum = all.reduce((total, one) => total + one.gain, 0);
  return sayShare(sum === 0 ? 0 : gain / sum);
}

function listed(parts: readonly string[]): string {
  const more = parts.length > shownMax ? ` and ${parts.length - shownMax} more` : '';
  return `${parts.slice(0, shownMax).join(', ')}${more}`;
}

function fact(name: string, text: string | undefined): readonly FitFact[] {
  return text === undefined ? [] : [{ name, text: cut(text, charsMax) }];
}
