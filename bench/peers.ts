import { sayMeasured } from './judgement/share.ts';
import type { Figure } from './judgement/figure.ts';
import { startPeers, type Peers } from './peers/ask-python.ts';
import { driftPeers } from './peers/drift-peers.ts';
import { reportPeers, type ReportCost } from './peers/report-peers.ts';
import { detectorNames, streamPeers } from './peers/stream-peers.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';

const subjects = ['drift', 'stream', 'report'] as const;
type Subject = (typeof subjects)[number];

const help = `npm run bench:peers -- --python VENV/bin/python [--runs 20] [--rows 1000000] [--only drift]
                      [--detectors adwin,page-hinkley] [--json]

What Evidently, NannyML and river say where \`bench:judgement\` asks what Perennial says: the same rows, the same seeds.
  drift    windows in which nothing has changed, and in which something has: Evidently's preset, and NannyML's
           univariate drift
  stream   fifty windows of a healthy stream of losses, and one that has risen: river's ADWIN, Page-Hinkley and KSWIN,
           each at the most sensitive parameter that keeps the error that Perennial promises
  report   processor time of one drift report over two times --rows rows of 20 features, beside Evidently's
The environment: python -m venv VENV && VENV/bin/pip install -r bench/peers/requirements.txt
Figures come as they are found: some take minutes, and KSWIN far longer than all others.
Every share has its exact 99 % interval; nothing is promised of the others.`;

const { values } = readOptions({
  options: {
    python: { type: 'string' },
    runs: { type: 'string', default: '20' },
    rows: { type: 'string', default: '1000000' },
    only: { type: 'string' },
    detectors: { type: 'string', default: detectorNames.join(',') },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const runs = wholeOption('runs', values.runs, { min: 5, max: 10_000 });
const rows = wholeOption('rows', values.rows, { min: 1_000, max: 10_000_000 });

if (values.help) process.stdout.write(`${help}\n`);
else if (values.python === undefined) fail('--python is missing: the Python of an environment, as --help says');
else await bench(values.python, asked());

async function bench(python: string, only: readonly Subject[]): Promise<void> {
  const peers = startPeers(python);
  try {
    const figures: Figure[] = [];
    if (only.includes('drift')) figures.push(...(await said('drift', driftPeers(peers, runs))));
    if (only.includes('stream')) figures.push(...(await said('stream', streamPeers(peers, runs, detectorsAsked()))));
    const report = only.includes('report') ? await reported(peers) : null;
    if (values.json) process.stdout.write(`${JSON.stringify({ runs, figures, report })}\n`);
  } finally {
    peers.end();
  }
}

/** Each figure as soon as it is there: some take minutes. */
async function said(subject: Subject, found: AsyncIterable<Figure>): Promise<readonly Figure[]> {
  process.stderr.write(`${subject}\n`);
  const figures: Figure[] = [];
  for await (const figure of found) {
    process.stderr.write(`  ${figure.what}: ${sayMeasured(figure.measured)}\n`);
    figures.push(figure);
  }
  return figures;
}

async function reported(peers: Peers): Promise<ReportCost> {
  const cost = await reportPeers(peers, rows);
  const ms = (value: number): string => `${Math.round(value).toLocaleString('en')} ms`;
  process.stderr.write(
    `report\n  ${cost.features} features, ${cost.rows.toLocaleString('en')} rows and as many: Perennial ` +
      `${ms(cost.perennialCpuMs)}, Evidently ${ms(cost.evidentlyCpuMs)} of processor time: ` +
      `${cost.ratio.toFixed(1)} times\n`,
  );
  return cost;
}

function detectorsAsked(): readonly (typeof detectorNames)[number][] {
  return values.detectors.split(',').map((name) => {
    const found = detectorNames.find((detector) => detector === name);
    return found ?? fail(`--detectors takes ${detectorNames.join(', ')}, not "${name}"`);
  });
}

function asked(): readonly Subject[] {
  const { only } = values;
  if (only === undefined) return subjects;
  const found = subjects.find((subject) => subject === only);
  return found === undefined ? fail(`--only takes one of ${subjects.join(', ')}, not "${only}"`) : [found];
}

function fail(sentence: string): never {
  process.stderr.write(`error: ${sentence}.\n`);
  process.exit(2);
}
