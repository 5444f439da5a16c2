import { bestWorldFigures } from './judgement/watch/best-world-figures.ts';
import { bestFigures } from './judgement/watch/best-figures.ts';
import { causeFigures } from './judgement/watch/cause-figures.ts';
import { correctionFigures } from './judgement/watch/correction-figures.ts';
import { decayCauseFigures } from './judgement/watch/decay-cause-figures.ts';
import { decayFigures } from './judgement/watch/decay-figures.ts';
import { decaySeasonFigures } from './judgement/watch/decay-season-figures.ts';
import { driftFigures } from './judgement/watch/drift-figures.ts';
import { abTestFigures } from './judgement/rollout/ab-test-figures.ts';
import { excessFigures } from './judgement/rollout/excess-figures.ts';
import { failureFigures } from './judgement/rollout/failure-figures.ts';
import { experimentFigures } from './judgement/training/experiment-figures.ts';
import { fairnessFigures } from './judgement/training/fairness-figures.ts';
import { estimateFigures } from './judgement/watch/estimate-figures.ts';
import { proxyFigures } from './judgement/watch/proxy-figures.ts';
import type { Figure } from './judgement/figure.ts';
import { footprintFigures } from './judgement/training/footprint-figures.ts';
import { gatesFigures } from './judgement/training/gates-figures.ts';
import { intervalFigures } from './judgement/training/interval-figures.ts';
import { labelFigures } from './judgement/watch/label-figures.ts';
import { leakageFigures } from './judgement/training/leakage-figures.ts';
import { maturityFigures } from './judgement/watch/maturity-figures.ts';
import { preflightFigures } from './judgement/rollout/preflight-figures.ts';
import { promotionFigures } from './judgement/rollout/promotion-figures.ts';
import { relationFigures } from './judgement/watch/relation-figures.ts';
import { rolloutFigures, rolloutWorldNames } from './judgement/rollout/rollout-figures.ts';
import { seasonFigures } from './judgement/watch/season-figures.ts';
import { streamFigures } from './judgement/watch/stream-figures.ts';
import { togetherFigures } from './judgement/watch/together-figures.ts';
import { wrongFigures } from './judgement/rollout/wrong-figures.ts';
import { sayMeasured } from './judgement/share.ts';
import { slicedFigures } from './judgement/watch/sliced-figures.ts';
import { sliceFigures } from './judgement/training/slice-figures.ts';
import { successFigures } from './judgement/watch/success-figures.ts';
import { sayShare } from '../src/domain/words/say.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';

/** By what is judged: how often it went wrong, or right, in so many runs. */
const subjects: Readonly<Record<string, (runs: number) => readonly Figure[]>> = {
  gates: gatesFigures,
  leakage: leakageFigures,
  slices: sliceFigures,
  fairness: fairnessFigures,
  experiment: experimentFigures,
  footprint: footprintFigures,
  success: successFigures,
  intervals: intervalFigures,
  promotion: promotionFigures,
  preflight: preflightFigures,
  maturity: maturityFigures,
  failures: failureFigures,
  wrong: wrongFigures,
  excess: excessFigures,
  rollout: (runs) => rolloutFigures(runs, rolloutAsked()),
  'ab-test': abTestFigures,
  drift: driftFigures,
  stream: streamFigures,
  season: seasonFigures,
  causes: causeFigures,
  multivariate: togetherFigures,
  labels: labelFigures,
  decay: decayFigures,
  'decay-season': decaySeasonFigures,
  'decay-slices': slicedFigures,
  'decay-causes': decayCauseFigures,
  best: bestFigures,
  'best-world': bestWorldFigures,
  estimates: estimateFigures,
  proxies: proxyFigures,
  correction: correctionFigures,
  relations: relationFigures,
};

const help = `npm run bench:judgement [-- --json] [-- --rollouts 300] [-- --only drift]
       npm run bench:judgement -- --only rollout --rollouts 100000 [--world "ties"] [--keep rollouts.jsonl]

Plays decisions in worlds where the truth is known and calls the verdicts as the platform calls them:
  gates        a candidate that is useless, equal, or worse, by the number of its test rows
  leakage      tables of noise, of good features, and with a column that knows the target
  slices       a candidate that harms one slice of the rows, all of them, or none
  fairness     groups of which two differ by exactly the limit, by twice as much, or not at all
  experiment   2 to 16 candidates on the same rows: equal ones, also with memory, and one that is worse
  footprint    a candidate that takes just what its limit says, less, or more, on quiet and busy machines
  success      windows that lie exactly on the criterion of success, and better ones
  intervals    hold-outs of which the true quality is known, with rare classes, moods and entities in runs
  promotion    a challenger that is as good, worse by the margin, or by twice the margin, over all looks of a rollout
  preflight    harm and an equal challenger at the rows that the forecast of a rollout names
  maturity     one that is much worse, in a rollout and in a training, where labels of one class come sooner
  failures     two equal versions whose entities fail now and then
  wrong        wrong decisions where labels of one class come sooner, and failures that need no label
  excess       a limit of failures beyond the champion's: equals, and what the other rules tolerate
  rollout      equals over all looks of a whole rollout, and five times the failures, with rules of others beside ours
  ab-test      arms that are alike or differ, over all looks of an A/B test, with rules of others beside ours
  drift        windows in which nothing has changed, and in which something has
  stream       a hundred windows against one reference, which may be an unlucky one, and small drift that lasts
  season       windows of traffic that follows the clock, with the season declared and without
  causes       which feature is named first where it is known which one moved the answers
  multivariate windows whose features go together as they did, and otherwise
  labels       labels of mature rows that are distributed as when trained, and otherwise
  decay        fifty windows of a champion that is as good as it was, and of one whose loss has risen
  decay-slices decay of the whole and of ten slices together: healthy ones, and one slice that gets worse
  decay-causes decays of which it is known in which rows the loss rose, beside features that have nothing to do with it
  best         decay against the best of ten champions: equal ones, and a successor that is far below it
  best-world   a drift that each of five trainings takes in, beside the reference of the best champion
  estimates    quality before its labels: intervals that are right, trust that is kept and lost, alarms
  proxies      what stands in for labels: said to agree though it does not, agreeing, ringing
  correction   answers that are right already, labels in bursts, levels that have moved
  relations    features that say about the target what they said, and one that says it no more
--world plays one world of rollout. --keep adds every 500 rollouts to a file as they are done and does not play again
what stands there, so that a long run may be killed, and worlds be played one by one.
Every share has its exact 99 % interval, and where something is promised to be rare its exact one-sided 99.9 % bound.
--json says as well what each subject took in processor time (cpuMs).
Exit code 1 when a promise is broken beyond that interval.`;

const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    rollouts: { type: 'string', default: '300' },
    only: { type: 'string' },
    world: { type: 'string' },
    keep: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const runs = wholeOption('rollouts', values.rollouts, { min: 20, max: 1_000_000 });

if (values.help) process.stdout.write(`${help}\n`);
else bench();

function bench(): void {
  const { only, world, keep } = values;
  if (only !== 'rollout' && (world !== undefined || keep !== undefined))
    refuse('--world and --keep go with --only rollout');
  if (world !== undefined && !rolloutWorldNames.includes(world))
    refuse(`--world takes one of ${rolloutWorldNames.map((name) => `"${name}"`).join(', ')}, not "${world}"`);
  const cpuMs: Record<string, number> = {};
  const figures = asked().flatMap((subject) => {
    process.stderr.write(`${subject}\n`);
    const before = process.cpuUsage();
    const found = subjects[subject]?.(runs) ?? [];
    const { user, system } = process.cpuUsage(before);
    cpuMs[subject] = Math.round((user + system) / 1_000);
    for (const figure of found) process.stderr.write(`${sayFigure(figure)}\n`);
    process.stderr.write(`${subject} took ${cpuMs[subject]} ms of processor time\n`);
    return found;
  });
  const isKept = figures.every((figure) => figure.isKept);
  if (values.json) process.stdout.write(`${JSON.stringify({ rollouts: runs, figures, isKept, cpuMs })}\n`);
  else process.stdout.write(isKept ? 'every promise was kept\n' : 'a promise was broken: see the lines with !\n');
  process.exitCode = isKept ? 0 : 1;
}

function asked(): readonly string[] {
  const { only } = values;
  if (only === undefined) return Object.keys(subjects);
  if (Object.hasOwn(subjects, only)) return [only];
  return refuse(`--only takes one of ${Object.keys(subjects).join(', ')}, not "${only}"`);
}

function refuse(text: string): never {
  process.stderr.write(`error: ${text}.\n`);
  process.exit(2);
}

function rolloutAsked(): { readonly world: string | null; readonly keep: string | null } {
  return { world: values.world ?? null, keep: values.keep ?? null };
}

function sayFigure({ what, measured, atMost, atLeast, isKept }: Figure): string {
  const promises = [
    ...(atMost === undefined ? [] : [` (at most ${sayShare(atMost)}; 99.9 % upper bound ${sayShare(measured.upper)})`]),
    ...(atLeast === undefined ? [] : [` (at least ${sayShare(atLeast)})`]),
  ];
  return `${isKept ? '  ' : '! '}${what}: ${sayMeasured(measured)}${promises.join('')}`;
}
