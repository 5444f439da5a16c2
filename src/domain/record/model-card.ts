import { sayParts, sayUnseen } from '../spec/split/say-split.ts';
import { sayExpression } from '../features/expressions/say-expression.ts';
import { saySuccess } from '../spec/gates/success-criterion.ts';
import type { VersionOrigin, VersionStatus } from './closed-sets.ts';
import { isText, kindOf, valuesOf } from '../features/kind-of.ts';
import type { Correction } from '../rollout/correction.ts';
import type { FitFact } from '../training/external/say-external-fit.ts';
import type { CheckVerdict } from '../training/gate-check.ts';
import { intervalLevel, intervalNeeds, type MetricIntervals } from '../metrics/metric-intervals.ts';
import { metricNames, metricRow, titleOf, type Metrics, type SliceMetrics } from '../metrics/metrics.ts';
import type { MetricName } from '../metrics/registry.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../words/say.ts';
import { positiveOf, taskOf } from '../tasks/task-of.ts';
import type { ModelSpec } from '../spec/spec.ts';

/** What a card is written from: facts of one version, all of them stored. */
export interface CardFacts {
  readonly model: string;
  readonly version: number;
  readonly status: VersionStatus;
  readonly origin: VersionOrigin;
  readonly createdAt: string;
  readonly spec: Pick<
    ModelSpec,
    'about' | 'target' | 'features' | 'derived' | 'slices' | 'split' | 'value' | 'trainer' | 'source'
  >;
  readonly specRevision: number;
  /** Words of people that stand over those of the definition. */
  readonly owner: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly notes: readonly { readonly text: string; readonly actor: string; readonly at: string }[];
  /** How the fit was chosen; of a program of somebody else, where it ran and what it says. */
  readonly fitFacts?: readonly FitFact[];
  readonly family: string | null;
  readonly trees: number | null;
  readonly threshold: number | null;
  readonly rows: {
    readonly all: number;
    readonly training: number;
    readonly validation: number;
    readonly test: number;
    readonly folds?: number;
  } | null;
  readonly labelledRows: number;
  readonly throughWindow: number | null;
  readonly snapshots: readonly {
    readonly digest: string;
    readonly kind: string;
    readonly rows: number;
    readonly quarantinedRows: number;
  }[];
  readonly metrics: Metrics | null;
  readonly intervals: MetricIntervals;
  readonly baselines: readonly { readonly name: string; readonly metrics: Metrics }[];
  readonly slices: readonly SliceMetrics[];
  readonly importance: readonly { readonly feature: string; readonly gain: number }[];
  readonly gate: {
    readonly verdict: string;
    readonly checks: readonly { readonly verdict: CheckVerdict; readonly text: string }[];
  } | null;
  readonly correction: Pick<Correction, 'slope' | 'intercepts'> | null;
  /** What answers when the model cannot; null when nothing is declared. */
  readonly fallback: string | null;
  readonly approvals: readonly {
    readonly at: string;
    readonly what: string;
    readonly actor: string;
    readonly why: string;
  }[];
  readonly modelDigest: string;
}

const featuresMax = 100;
const slicesMax = 60;
const importanceMax = 20;

/** The model card of one version as Markdown: for whom, from what, how good, where not, and who let it through. */
export function modelCard(facts: CardFacts): string {
  const sections = [
    head(facts),
    purpose(facts),
    data(facts),
    inputs(facts),
    trainedBy(facts),
    metrics(facts),
    slices(facts),
    limits(facts),
    approval(facts),
    notes(facts),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function head(facts: CardFacts): string {
  const status = {
    released: 'passed its gate and may be served',
    rejected: 'was refused by its gate and is not served',
    experiment: 'is an experiment and is not served',
  }[facts.status];
  const tags = facts.tags.length === 0 ? '' : ` Tags: ${facts.tags.map(inline).join(', ')}.`;
  const origin =
    facts.origin === 'imported'
      ? 'It was trained elsewhere and imported.'
      : `It was trained from revision ${facts.specRevision} of its definition.`;
  return (
    `# Model card: ${inline(facts.model)}, version ${facts.version}\n\nMade ${facts.createdAt}. ` +
    `The version ${status}. ${origin}${tags}`
  );
}

function purpose({ spec, owner, description }: CardFacts): string {
  const { about } = spec;
  const lines = [
    ...(description === null ? [] : [inline(description), '']),
    `- **Used for:** ${inline(about.useCase)}`,
    `- **Predicts:** ${predicted(spec)}`,
    `- **Succeeds when:** ${inline(saySuccess(about))}`,
    ...(about.replaces === undefined ? [] : [`- **Replaces:** ${inline(about.replaces)}`]),
    `- **Owner:** ${inline(owner ?? about.owner)}`,
  ];
  return `## Purpose\n\n${lines.join('\n')}`;
}

function predicted({ target }: CardFacts['spec']): string {
  return taskOf(target.task).sayPrediction(target, code(target.column), inline);
}

function data(facts: CardFacts): string {
  const { rows } = facts;
  if (facts.origin === 'imported')
    return '## Data\n\nUnknown: the model was trained elsewhere, and no data came with it.';
  const split = rows === null ? '' : `\n\n${sayParts(facts.spec.split, rows)}`;
  const cut =
    facts.throughWindow === null
      ? 'No served traffic was used.'
      : `Served traffic was used up to window ${facts.throughWindow}.`;
  const list = facts.snapshots.map(
    (snapshot) =>
      `- ${code(snapshot.digest)}: ${sayMany(snapshot.rows, 'row')} of ` +
      `${snapshot.kind === 'history' ? 'history' : 'labelled traffic'}, ${sayCount(snapshot.quarantinedRows)} more ` +
      `set aside by the contract`,
  );
  return `## Data\n\n${list.length === 0 ? '- no snapshot is recorded' : list.join('\n')}${split} ${cut}`;
}

function inputs({ spec, importance }: CardFacts): string {
  const gains = new Map(importance.map(({ feature, gain }) => [feature, gain]));
  const shown = spec.features
    .slice(0, featuresMax)
    .map(
      (feature) =>
        `| ${code(feature.name)} | ${feature.kind} | ${kindOf(feature.kind).sayAllowed(feature)} | ` +
        `${feature.missing === 'allow' ? 'may be missing' : 'must be given'} | ` +
        `${gains.has(feature.name) ? sayShare(gains.get(feature.name) ?? 0) : '—'} |`,
    );
  const more =
    spec.features.length > featuresMax
      ? `\n\n${sayMany(spec.features.length - featuresMax, 'more input')} not listed.`
      : '';
  const top = importance.filter(({ gain }) => gain > 0).slice(0, importanceMax);
  const order = top.length === 0 ? '' : `\n\nMost used first: ${top.map(({ feature }) => code(feature)).join(', ')}.`;
  return (
    `## Inputs\n\n| input | kind | values | missing | importance |\n|---|---|---|---|---|\n` +
    `${shown.join('\n')}${more}${derivedIn(spec)}${order}`
  );
}

/** How the fit was chosen, and what a program of somebody else is made of. */
function trainedBy({ fitFacts = [] }: CardFacts): string {
  if (fitFacts.length === 0) return '';
  return `## Trainer\n\n${fitFacts.map(({ name, text }) => `- **${name}:** ${inline(text)}`).join('\n')}`;
}

function derivedIn({ derived = [] }: CardFacts['spec']): string {
  if (derived.length === 0) return '';
  const list = derived.map(({ name, expression }) => `- ${code(name)} = ${code(sayExpression(expression))}`);
  return `\n\nComputed from them inside the model:\n\n${list.join('\n')}`;
}

function metrics(facts: CardFacts): string {
  if (facts.metrics === null)
    return (
      '## Quality\n\nNot measured before it was served: no labelled test came with it. What its answers turned ' +
      'out to be worth stands on the page of its model.'
    );
  const known = facts.metrics;
  const rows = metricNames().flatMap((name) => {
    const value = known[name];
    if (value === undefined) return [];
    const interval = facts.intervals[name];
    const others = facts.baselines.map((baseline) => sayMetricValue(name, baseline.metrics[name], facts));
    return [
      `| ${titleOf(name)} | ${sayMetricValue(name, value, facts)} | ` +
        `${interval === undefined ? '—' : `${sayNumber(interval.lower)} to ${sayNumber(interval.upper)}`} | ` +
        `${[metricRow(name).better, ...others].join(' | ')} |`,
    ];
  });
  const isMissing = metricNames().some(
    (name) => known[name] !== undefined && facts.intervals[name] === undefined && metricRow(name).interval !== 'none',
  );
  const names = facts.baselines.map((baseline) => ` ${baseline.name} |`).join('');
  const rule = facts.baselines.map(() => '---|').join('');
  const positive = inline(positiveOf(facts.spec.target) ?? '');
  const threshold =
    facts.threshold === null
      ? ''
      : ` It says "${positive}" from a probability of ${sayNumber(facts.threshold)} upwards.`;
  return (
    `## Quality\n\nOn ${sayMany(known.rows, 'test row')}, ${sayUnseen(facts.spec.split)}, with ` +
    `${sayShare(intervalLevel)} intervals${isMissing ? ` (${intervalNeeds})` : ''}.${threshold}\n\n` +
    `| metric | value | interval | better is |${names}\n|---|---|---|---|${rule}\n${rows.join('\n')}`
  );
}

function sayMetricValue(name: MetricName, value: number | undefined, { spec }: CardFacts): string {
  if (value === undefined) return '—';
  return metricRow(name).unit === 'money' && spec.value !== null
    ? `${sayNumber(value)} ${inline(spec.value.currency)}`
    : sayNumber(value);
}

function slices(facts: CardFacts): string {
  if (facts.slices.length === 0)
    return facts.metrics === null
      ? ''
      : '## Slices\n\nNone is declared: quality is known for all rows together and not for parts of them.';
  const names = metricNames()
    .filter((name) => facts.slices.some((slice) => slice.metrics[name] !== undefined))
    .slice(0, 4);
  const lines = facts.slices
    .slice(0, slicesMax)
    .map(
      (slice) =>
        `| ${code(slice.column)} = ${inline(slice.slice)} | ${sayCount(slice.metrics.rows)} | ` +
        `${names.map((name) => sayMetricValue(name, slice.metrics[name], facts)).join(' | ')} |`,
    );
  return (
    `## Slices\n\nA slice of fewer than 30 test rows is counted and not judged.\n\n| slice | test rows | ` +
    `${names.map(titleOf).join(' | ')} |\n|---|---|${names.map(() => '---|').join('')}\n${lines.join('\n')}`
  );
}

function limits(facts: CardFacts): string {
  const hasOpenCategory = facts.spec.features.some((feature) => isText(feature) && valuesOf(feature) === null);
  const lines = [
    '- It knows what its data held. Values outside the ranges above are refused or guessed at, not understood.',
    ...(hasOpenCategory ? ['- A category that it has never seen is treated as missing.'] : []),
    ...(facts.metrics === null || facts.metrics.rows >= 1_000
      ? []
      : [
          `- Its quality rests on ${sayMany(facts.metrics.rows, 'test row')} only; read the intervals, not the values.`,
        ]),
    ...(facts.correction === null
      ? []
      : [
          `- Its answers are corrected between trainings: slope ${sayNumber(facts.correction.slope)}, shift ` +
            `${facts.correction.intercepts.map(sayNumber).join(', ')} on the scale of log odds or of the value.`,
        ]),
    `- Without a champion, ${facts.fallback ?? 'nothing answers: no fallback is declared'}.`,
  ];
  return `## Limits and fallback\n\n${lines.join('\n')}`;
}

function approval(facts: CardFacts): string {
  const words = { pass: 'met', fail: 'missed', insufficient: 'not decided' } as const;
  const checks =
    facts.gate === null
      ? ['- no gate was asked']
      : facts.gate.checks.map((check) => `- ${words[check.verdict]}: ${inline(check.text)}`);
  const verdict = facts.gate === null ? '' : `The gate said ${code(facts.gate.verdict)}.\n\n`;
  const moves = facts.approvals.map(
    (move) => `- ${move.at}: ${inline(move.what)} by ${inline(move.actor)}: ${inline(move.why)}`,
  );
  return (
    `## How it was approved\n\n${verdict}${checks.length === 0 ? '- no check is declared' : checks.join('\n')}\n\n` +
    `${moves.length === 0 ? 'It has never been champion.' : moves.join('\n')}\n\n` +
    `The file is named by its SHA-256: ${code(facts.modelDigest)}.`
  );
}

function notes(facts: CardFacts): string {
  if (facts.notes.length === 0) return '';
  const lines = facts.notes.map((note) => `- ${note.at}, ${inline(note.actor)}: ${inline(note.text)}`);
  return `## Notes\n\n${lines.join('\n')}`;
}

/** Somebody else's words inside Markdown: one line, nothing in it makes a link, a tag, a table cell or a heading. */
function inline(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_{}[\]<>|#!~]/g, (character) => `\\${character}`);
}

function code(text: string): string {
  return `\`${text.replaceAll(/\s+/g, ' ').replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
