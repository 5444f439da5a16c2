import { metricRow, metricsOf } from '../../metrics/metrics.ts';
import type { MetricName } from '../../metrics/registry.ts';
import type { ModelSpec } from '../../spec/spec.ts';
import { isSearch, isTrainable } from '../../spec/trainer-spec.ts';
import { canonicalJson } from '../../words/canonical.ts';
import { PerennialError } from '../../words/errors.ts';
import { listNames, sayNearest } from '../../words/nearest-name.ts';
import { sayMany } from '../../words/say.ts';
import { candidatesMax, candidatesMin } from './experiment.ts';

/** A definition that takes part, under the name that it has there. */
export interface NamedCandidate {
  readonly name: string;
  readonly spec: ModelSpec;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Members of a definition that say which rows are the test, and what is asked of them. */
const shared = ['target', 'split', 'eventTime', 'entity'] as const satisfies readonly (keyof ModelSpec)[];

/** How people decide what a value is worth; it has a part in metrics in money alone. */
const worth = 'value' satisfies keyof ModelSpec;

/**
 * Throws `invalid_request` or `invalid_spec` in one sentence, unless these definitions of the model can be compared on
 * the same test rows.
 */
export function checkCandidates(model: string, candidates: readonly NamedCandidate[]): void {
  checkNames(candidates);
  const [first, ...others] = candidates;
  if (first === undefined) return;
  for (const candidate of candidates) checkOne(model, candidate);
  for (const other of others)
    for (const member of shared)
      if (canonicalJson(other.spec[member] ?? null) !== canonicalJson(first.spec[member] ?? null))
        throw new PerennialError(
          'invalid_spec',
          `The candidate "${other.name}" has another ${member} than "${first.name}": they would not be judged alike.`,
          { path: `${other.name}: ${member}`, hint: `Take the ${member} of "${first.name}", or leave it out.` },
        );
}

/** The metric that is compared: what was asked for, or what the first candidate's rollout compares. */
export function metricOfExperiment(candidates: readonly NamedCandidate[], asked: string | null): MetricName {
  const [first, ...others] = candidates;
  if (first === undefined) throw tooFew(0);
  const known = metricsOf(first.spec.target.task);
  const metric = asked === null ? first.spec.rollout.promotion.metric : known.find((name) => name === asked);
  if (metric === undefined)
    throw new PerennialError(
      'invalid_request',
      `A ${first.spec.target.task} target has no metric "${asked}"${sayNearest(asked ?? '', known) || '.'}`,
      { path: 'metric', hint: `Use one of ${listNames(known)}.` },
    );
  const isOtherWorth = others.find(({ spec }) => canonicalJson(spec[worth]) !== canonicalJson(first.spec[worth]));
  if (metricRow(metric).needsValue && (first.spec.value === null || isOtherWorth !== undefined))
    throw new PerennialError(
      'invalid_request',
      `Candidates are compared in ${metric} only where all of them declare the same ${worth}.`,
      { path: 'metric', hint: 'Declare it alike, or compare by another metric.' },
    );
  return metric;
}

function checkNames(candidates: readonly NamedCandidate[]): void {
  const count = candidates.length;
  if (count < candidatesMin) throw tooFew(count);
  if (count > candidatesMax)
    throw new PerennialError('invalid_request', `${count} candidates are too many: ${candidatesMax} at most.`, {
      path: 'candidates',
      hint: 'Search settings with `trainer: search(...)`, or make two experiments of it.',
    });
  const seen = new Set<string>();
  for (const { name } of candidates) {
    if (!namePattern.test(name))
      throw new PerennialError('invalid_request', 'The name of a candidate is not one that can be used.', {
        path: 'candidates',
        hint: 'Use 1 to 64 letters, digits, dots, dashes and underscores, beginning with a letter or a digit.',
      });
    if (seen.has(name))
      throw new PerennialError('invalid_request', `Two candidates are called "${name}".`, {
        path: 'candidates',
        hint: 'Give each a name of its own; on the command line it is that of the file.',
      });
    seen.add(name);
  }
}

function checkOne(model: string, { name, spec }: NamedCandidate): void {
  if (spec.name !== model)
    throw new PerennialError('invalid_spec', `The candidate "${name}" defines "${spec.name}", not "${model}".`, {
      path: `${name}: name`,
      hint: `Let all candidates define "${model}".`,
    });
  const why = !isTrainable(spec.trainer)
    ? 'comes as a file, so there is nothing to fit'
    : isSearch(spec.trainer)
      ? 'searches its settings'
      : spec.trainer.kind === 'worker'
        ? 'is fitted by a worker of your own'
        : null;
  if (why !== null)
    throw new PerennialError('unsupported', `The candidate "${name}" ${why}.`, {
      path: `${name}: trainer.kind`,
      hint: 'Name a family of this platform with its settings, or a command.',
    });
}

function tooFew(count: number): PerennialError {
  return new PerennialError(
    'invalid_request',
    `${sayMany(count, 'candidate')} cannot be compared: ${candidatesMin} at least.`,
    { path: 'candidates', hint: '`perennial experiment MODEL --spec a.ts --spec b.ts`.' },
  );
}
