import type { CandidateView, ExperimentView } from '../../../../contracts/http/trainers/experiments.ts';
import { findMetric } from '../../../../domain/metrics/metrics.ts';
import { describeChange } from '../../../../domain/spec/diff-spec.ts';
import { sayDifferenceTo } from '../../../../domain/training/experiment/say-experiment.ts';
import { columns } from '../../../../domain/words/columns.ts';
import { sayBytes, sayNumber } from '../../../../domain/words/say.ts';

/** Settings named for one candidate; `--json` and the page have all. */
const changesMax = 8;

/** An experiment for people: what came of it, then its candidates, the best first, and what they declare otherwise. */
export function linesOfExperiment(view: ExperimentView): string[] {
  const { runId, status, text, snapshot, metric, testRows, candidates, champion } = view;
  const title = findMetric(metric)?.title ?? metric;
  const rows = testRows === null ? '' : `, ${testRows} test rows`;
  return [
    `${runId} ${status}${text === null ? '' : `: ${text}`}.`,
    `  snapshot ${snapshot.slice(0, 16)}${rows}`,
    '  differences are from the best one, positive is better; all bounds hold together',
    ...columns([
      ['', 'CANDIDATE', 'STANDING', title.toUpperCase(), 'DIFFERENCE', 'FIT S', 'FILE', 'ANSWER US'],
      ...candidates.map((candidate) => rowOf(candidate, metric)),
    ]),
    ...(champion === null ? [] : [`  ${sayChampion(champion, metric)}`]),
    ...candidates.flatMap(changesOf),
  ];
}

/** One candidate in a line, as it comes in. */
export function sayCandidate({ name, metrics, fitMs, reason }: CandidateView, metric: string): string {
  if (reason !== null) return `  ${name}: ${reason}`;
  const value = metrics[metric];
  const said = value === undefined ? 'judged' : `${metric} ${sayNumber(value)}`;
  return `  ${name}: ${said}, fitted in ${secondsOf(fitMs)} s`;
}

function rowOf(candidate: CandidateView, metric: string): string[] {
  const { name, standing, difference, metrics, fitMs, fileBytes, latencyUs, reason } = candidate;
  const value = metrics[metric];
  return [
    standing === 'best' ? '*' : '',
    name,
    standing ?? 'waits',
    value === undefined ? '-' : sayNumber(value),
    difference === null ? (reason ?? '-') : sayDifferenceTo(difference),
    secondsOf(fitMs),
    fileBytes === null ? '-' : sayBytes(fileBytes),
    latencyUs === null ? '-' : latencyUs.toFixed(0),
  ];
}

function sayChampion(champion: NonNullable<ExperimentView['champion']>, metric: string): string {
  const { version, metrics, unseenRows, difference } = champion;
  const value = metrics[metric];
  const known = `champion v${version}: ${value === undefined ? 'not measured' : `${metric} ${sayNumber(value)}`}`;
  return difference === null
    ? `${known}, of which it has not seen ${unseenRows} rows: too few to compare it`
    : `${known}; on ${unseenRows} rows that it has not seen, ${sayDifferenceTo(difference)} from the best one`;
}

function changesOf({ name, changes }: CandidateView): string[] {
  const shown = changes.slice(0, changesMax).map((change) => `    ${describeChange(change)}`);
  const rest = changes.length - shown.length;
  return changes.length === 0
    ? []
    : [`  ${name} declares otherwise:`, ...shown, ...(rest === 0 ? [] : [`    and ${rest} more`])];
}

function secondsOf(ms: number | null): string {
  return ms === null ? '-' : (ms / 1_000).toFixed(1);
}
