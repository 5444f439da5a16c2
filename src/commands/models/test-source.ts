import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { authorise } from '../../access/principal.ts';
import { rootsOf } from '../../access/source-roots.ts';
import type { SourceTest } from '../../contracts/http/data/sources.ts';
import { parseSpec } from '../../contracts/spec/parse-spec.ts';
import { parseView } from '../../contracts/spec/view-spec.ts';
import { readCurrentView } from '../../db/feature-views/read-views.ts';
import { readCurrentSpec } from '../../db/models/specs.ts';
import type { SampleReport } from '../../domain/record/source-test.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { ViewSpec } from '../../domain/view/view-spec.ts';
import { isTrainable } from '../../domain/spec/trainer-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Source, SourceBatch, SourceLag } from '../../sources/port.ts';
import { caveatsOf, connectSource, describeSource } from '../../sources/registry.ts';
import type { CommandContext } from '../base/context.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { actorOf } from '../base/run-command.ts';
import { askChild } from '../../settings/ask-child.ts';
import { createSlots } from '../base/slots.ts';

/** Rows that are looked at. */
const rowsMax = 1_000;
const timeoutMs = 120_000;
const slots = createSlots({ work: 'tests of sources', runningMax: 2, waitingMax: 8, waitMs: 30_000 });
const lagMsMax = 15_000;

/**
 * The first rows of a source as a definition declares it, applied or not, with what was inferred of each column and
 * what the contract would say. No row is stored. Rows are shown, so it takes the right to apply the definition, and
 * stands in the audit before they are. `signal` ends it when whoever asked has gone.
 */
export async function testSource(
  context: CommandContext,
  input: SourceToTest,
  signal?: AbortSignal,
): Promise<SourceTest> {
  const spec = await specOf(context, input);
  if ('trainer' in spec && !isTrainable(spec.trainer))
    throw new PerennialError('invalid_spec', `"${spec.name}" is not trained here: it has no source.`, { path: 'spec' });
  const found = await slots.run(() => tested(context, spec, signal), signal);
  await withTransaction(context.database, (tx) =>
    appendAudit(tx, {
      type: 'perennial.source.tested',
      model: spec.name,
      subject: 'trainer' in spec ? { of: 'model', model: spec.name } : { of: 'view', id: spec.name },
      actor: actorOf(context),
      reason: describeSource(spec.source),
      data: { rowsShown: found.sample?.rows.length ?? 0 },
    }),
  );
  return found;
}

type SourceToTest =
  | { readonly spec: unknown }
  | { readonly model: string }
  | { readonly viewSpec: unknown }
  | { readonly view: string };

async function specOf(context: CommandContext, input: SourceToTest): Promise<ModelSpec | ViewSpec> {
  const { principal, database } = context;
  if ('spec' in input || 'viewSpec' in input) {
    authorise(principal, 'apply', null);
    const spec = 'spec' in input ? parseSpec(input.spec) : parseView(input.viewSpec);
    authorise(principal, 'apply', spec.name);
    return spec;
  }
  authorise(principal, 'apply', 'model' in input ? input.model : input.view);
  if ('model' in input) return (await readCurrentSpec(database.db, input.model)).spec;
  return (await readCurrentView(database.db, input.view)).spec;
}

async function tested(
  context: CommandContext,
  spec: ModelSpec | ViewSpec,
  signal: AbortSignal | undefined,
): Promise<SourceTest> {
  const { sampleDir, sourceRoots = [], stateDir, secretsFor, pushedOf, sourcePrivateHosts = [] } = context;
  if (sampleDir === undefined)
    throw new PerennialError('unsupported', 'This process has no folder for samples.', { path: 'source' });
  const source = connectSource(spec.source, {
    ...rootsOf(spec.name, sourceRoots),
    privateHosts: sourcePrivateHosts,
    ...(stateDir === undefined ? {} : { stateDir }),
    ...(secretsFor === undefined ? {} : { secret: secretsFor(spec.name) }),
    ...(pushedOf === undefined ? {} : { pushed: pushedOf(spec.name) }),
  });
  await mkdir(sampleDir, { recursive: true });
  const folder = await mkdtemp(path.join(sampleDir, 'sample-'));
  try {
    const batch = await firstOf(source, folder);
    if (signal?.aborted === true) throw endedSilently();
    const lag = await lagInTime(source);
    return {
      model: spec.name,
      source: describeSource(spec.source),
      unread: lag === null ? null : { unread: lag.unread, unit: lag.unit, isAtLeast: lag.isAtLeast === true },
      caveats: [...caveatsOf(spec.source)],
      sample: batch === null ? null : await sampled(batch, spec, signal),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Counting may take longer than somebody waits; the server of the source ends it then. */
async function lagInTime(source: Source): Promise<SourceLag | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), lagMsMax);
  });
  const counting = source.lag(null);
  counting.catch(() => undefined);
  return Promise.race([counting, late]).finally(() => clearTimeout(timer));
}

async function firstOf(source: Source, folder: string): Promise<SourceBatch | null> {
  if (source.sample !== undefined) return source.sample(rowsMax, folder);
  for await (const batch of source.open(null, folder)) return batch;
  return null;
}

function sampled(
  batch: SourceBatch,
  spec: ModelSpec | ViewSpec,
  signal: AbortSignal | undefined,
): Promise<SampleReport> {
  const table = { ...batch, rowsMax: Math.min(rowsMax, batch.rowsMax ?? rowsMax) };
  return askChild<SampleReport>(
    'main-sample',
    { table, spec },
    {
      timeoutMs,
      silent: endedSilently,
      ...(signal === undefined ? {} : { signal }),
    },
  );
}

function endedSilently(): PerennialError {
  return new PerennialError('timeout', `The first rows were not read within ${timeoutMs / 1_000} s.`, {
    path: 'source',
    hint: 'Look at the source itself, or ask again when less is going on.',
  });
}
