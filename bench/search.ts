import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PerennialError } from '../src/domain/words/errors.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';
import { compareEnsemble, type EnsembleCompared } from './search/compare-ensemble.ts';
import { compareSamplers, type SamplersCompared } from './search/compare-samplers.ts';
import { measureTrialOrchestration, type TrialOrchestration } from './search/trial-orchestration.ts';

const help = `npm run bench:search [-- --json] [-- --seeds N] [-- --rows N] [-- --only samplers|ensemble|orchestration]

Measures what a search is worth and what it costs:
  samplers       mean of the lowest validation loss over N seeds (5 unless told otherwise) on a generated table of
                 two classes (8,000 rows unless told otherwise): 30 trials by TPE, 30 and 60 by chance, and TPE less
                 chance with the standard error of the difference (goal: 30 by TPE reach what 60 by chance reach)
  ensemble       log loss of the test rows of the best of 12 trials, and of their ensemble of 5 members at most, means
                 of N seeds; how often it was taken, and ensemble less best with its standard error
  orchestration  a whole search on embedded engines, one trial at a time: ms of each trial in which nothing was
                 fitted (goal: at most 150)`;

const orchestrationMsMax = 150;

const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '8000' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const seeds = wholeOption('seeds', values.seeds);
const rows = wholeOption('rows', values.rows);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

if (values.help) process.stdout.write(`${help}\n`);
else if (!['', 'samplers', 'ensemble', 'orchestration'].includes(values.only))
  fail('--only must be samplers, ensemble or orchestration.');
else if (!(seeds >= 2 && seeds <= 100)) fail('--seeds must be a whole number from 2 to 100.');
else if (!(rows >= 1_000 && rows <= 1_000_000)) fail('--rows must be a whole number from 1,000 to 1,000,000.');
else await bench();

async function bench(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-search-'));
  try {
    const isAsked = (part: string): boolean => values.only === '' || values.only === part;
    report({
      samplers: isAsked('samplers') ? await compareSamplers({ folder, rows, seeds, say }) : null,
      ensemble: isAsked('ensemble') ? await compareEnsemble({ folder, rows, seeds, say }) : null,
      orchestration: isAsked('orchestration') ? await measureTrialOrchestration(say) : null,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly samplers: SamplersCompared | null;
  readonly ensemble: EnsembleCompared | null;
  readonly orchestration: TrialOrchestration | null;
}

function report({ samplers, ensemble, orchestration }: Measured): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ rows, seeds, samplers, ensemble, orchestration, orchestrationMsMax })}\n`);
    return;
  }
  if (samplers !== null) {
    const { tpe30, random30, random60, tpe30LessRandom60 } = samplers;
    say(`lowest loss, mean of ${seeds} seeds: TPE 30 ${tpe30}, chance 30 ${random30}, chance 60 ${random60}`);
    say(`TPE 30 less chance 60: ${tpe30LessRandom60.mean} (standard error ${tpe30LessRandom60.standardError})`);
  }
  if (ensemble !== null) {
    const { taken, best, ensemble: averaged, ensembleLessBest: less } = ensemble;
    say(`log loss on the test rows, mean of ${seeds} seeds: best trial ${best}, ensemble ${averaged}`);
    say(`ensemble taken ${taken} of ${seeds} times; less best: ${less.mean} (standard error ${less.standardError})`);
  }
  if (orchestration !== null)
    say(`${orchestration.msPerTrial} ms of each of ${orchestration.trials} trials in which nothing was fitted`);
}

function fail(sentence: string): void {
  process.stderr.write(`error: ${new PerennialError('invalid_request', sentence).message}\n`);
  process.exitCode = 2;
}
