import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { rootDir } from '../../src/config.ts';
import { abTestStart } from '../../src/domain/record/ab-test-start.ts';
import { eraseStart } from '../../src/domain/record/erasure/erasure.ts';
import { experimentStart } from '../../src/domain/record/experiment/experiment-start.ts';
import { reproduceStart } from '../../src/domain/record/reproduction/reproduction.ts';
import { entityStart } from '../../src/domain/record/entity-start.ts';

/**
 * Whoever looks into the Temporal Web UI reads sentences: this holds every start, activity, timer and handler to one.
 */
const folders = ['workflows', 'activities', 'src/temporal'];
const sources = new Map<string, string>();
for (const folder of folders) {
  for (const name of (await readdir(path.join(rootDir, folder), { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  )) {
    sources.set(`${folder}/${name}`, await readFile(path.join(rootDir, folder, name), 'utf8'));
  }
}

interface CallText {
  readonly place: string;
  readonly text: string;
}

/** Every call of a function, from its name to its closing parenthesis. */
function callsOf(pattern: RegExp): CallText[] {
  const found: CallText[] = [];
  for (const [file, source] of sources) {
    for (const match of source.matchAll(pattern)) {
      const from = match.index + match[0].length;
      let depth = 1;
      let to = from;
      for (; depth > 0 && to < source.length; to++) depth += source[to] === '(' ? 1 : source[to] === ')' ? -1 : 0;
      found.push({
        place: `${file}:${source.slice(0, match.index).split('\n').length}`,
        text: source.slice(match.index, to),
      });
    }
  }
  return found;
}

const without = (calls: readonly CallText[], wanted: RegExp): string[] =>
  calls.filter(({ text }) => !wanted.test(text)).map(({ place }) => place);

test('every start of a workflow has a static summary', () => {
  const ways = [
    /(?<![\w.])(?:startChild|executeChild|signalWithStart)\(/,
    /workflow\.(?:start|execute|signalWithStart)\(/,
    /schedule\.create\(/,
  ];
  const starts = callsOf(new RegExp(ways.map(({ source }) => source).join('|'), 'g'));
  expect(starts.length).toBeGreaterThan(7);
  // These starts are made in one place each, with their summary.
  expect(entityStart('fraud').staticSummary).toContain('fraud');
  expect(abTestStart('fraud', 1).staticSummary).toContain('fraud');
  expect(eraseStart('0b9c1e52').staticSummary).toContain('0b9c1e52');
  expect(reproduceStart({ model: 'fraud', version: 3, number: 1 }).staticSummary).toContain('v3 of fraud');
  expect(experimentStart({ model: 'fraud', number: 3 }).staticSummary).toContain('3 of fraud');
  expect(without(starts, /staticSummary:|\b(?:entity|abTest|erase|reproduce|experiment)Start\(/)).toEqual([]);
});

test('every activity has a summary', () => {
  const proxies = callsOf(/proxyActivities(?:<[^(]*>)?\(/g);
  expect(proxies.length).toBeGreaterThan(3);
  expect(without(proxies, /\bsummary,/)).toEqual([]);
  const used = callsOf(/(?<![\w.])(?:light|judging|heavy|guarding|watching|waiting|training)\(/g);
  expect(used.length).toBeGreaterThan(20);
  expect(without(used, /\(\s*[`'\w]/)).toEqual([]);
});

test('every timer has a summary', () => {
  expect(
    without(
      callsOf(/(?<![\w.])sleep\(/g).filter(({ place }) => place.startsWith('workflows/')),
      /summary:/,
    ),
  ).toEqual([]);
  const waits = callsOf(/(?<![\w.])condition\(/g);
  // With a second argument it is a timer, without one a plain wait.
  const timers = waits.filter(({ text }) => /,\s*[\w.]+Ms\w*/.test(text));
  expect(timers.length).toBeGreaterThan(4);
  expect(without(timers, /summary:/)).toEqual([]);
});

test('every signal and update says what it is for', () => {
  const handlers = callsOf(/(?<![\w.])setHandler\(/g);
  expect(handlers.length).toBeGreaterThan(10);
  expect(without(handlers, /description:/)).toEqual([]);
});

/** A workflow in a folder of its own is spread over the files of that folder. */
function textOfWorkflow(file: string): string {
  const folder = path.posix.dirname(file);
  if (folder === 'workflows') return sources.get(file) ?? '';
  return [...sources].flatMap(([name, text]) => (name.startsWith(`${folder}/`) ? [text] : [])).join('\n');
}

test('every workflow shows what it does and where to look', () => {
  const entry = sources.get('workflows/index.ts') ?? '';
  const files = [...entry.matchAll(/from '\.\/([\w/-]+\.ts)'/g)].map(([, name]) => `workflows/${name}`);
  expect(files).toContain('workflows/rollout/rollout.ts');
  expect(files.length).toBeGreaterThan(6);
  for (const file of files) {
    const text = textOfWorkflow(file);
    const told = text.includes('tellTraining(') ? sources.get('workflows/base/tell-training.ts') : text;
    expect(told, file).toContain('setCurrentDetails');
    expect(told, file).toMatch(/An operator/);
    expect(text, file).toMatch(/pageLink|\w+Page\(/);
  }
});

const eventSchema = z.object({
  events: z.array(
    z.looseObject({
      eventType: z.string(),
      userMetadata: z.object({ summary: z.object({ data: z.string() }).optional() }).optional(),
    }),
  ),
});

/** A summary longer than this is cut by the server or refused. */
const summaryBytesMax = 200;
const summarised = [
  'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED',
  'EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED',
  'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
];

test('in recorded histories every activity and child run carries its summary, and none is too long', async () => {
  const folder = path.join(rootDir, 'tests', 'replay', 'histories');
  let seen = 0;
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.json'))) {
    const { events } = eventSchema.parse(JSON.parse(await readFile(path.join(folder, name), 'utf8')));
    for (const event of events) {
      if (!summarised.includes(event.eventType)) continue;
      const summary = Buffer.from(event.userMetadata?.summary?.data ?? '', 'base64').toString('utf8');
      // A run that continues as new, and a tick of an older Schedule, begin without one of their own.
      if (event.eventType === 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED' && summary === '') continue;
      expect(summary, `${name}: ${event.eventType}`).not.toBe('');
      expect(Buffer.byteLength(summary), summary).toBeLessThanOrEqual(summaryBytesMax);
      seen += 1;
    }
  }
  expect(seen).toBeGreaterThan(100);
});
