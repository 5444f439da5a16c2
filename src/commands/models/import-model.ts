import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { authorise } from '../../access/principal.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { ImportAnswer, ImportRequest } from '../../contracts/http/import.ts';
import { parseSpec } from '../../contracts/spec/parse-spec.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { importVersion, lockedSpec } from '../../db/routing/import-version.ts';
import { readModel } from '../../db/models/specs.ts';
import { findVersion, versionOfRun } from '../../db/models/versions.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { sayMakerComparison } from '../../domain/spec/maker-comparison.ts';
import type { ImportResult } from '../../domain/spec/import-job.ts';
import {
  modelProcessOf,
  saidOfProcess,
  sayModelProcess,
  type ModelProcessSpec,
} from '../../domain/spec/parts/model-process.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { isTrainable } from '../../domain/spec/trainer-spec.ts';
import { importedSpec } from '../../domain/spec/imported-spec.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext } from '../base/context.ts';
import { refuseWithoutReason } from '../control/freeze.ts';
import { inspectModelFile } from './inspect-model.ts';
import { refuseForeignSeason } from './refuse-foreign-season.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { waitUntilServed } from '../base/wait-until-served.ts';
import { formatRunId } from '../../domain/words/run-id.ts';

export interface ImportParts {
  readonly store: ArtifactStore;
  /** Scratch folder; everything in it can be lost. */
  readonly workDir: string;
}

export interface ImportInput extends ImportRequest {
  readonly model: string;
  readonly key: string | null;
}

/**
 * A model that was trained elsewhere becomes a served and watched version: its file is checked, wrapped into our form
 * and tried in a child process, then definition, version and champion are written at once. Idempotent by the file and
 * what was said about it. Throws `unsupported` for what is unsafe or unclear, `conflict` for a model with its own
 * training.
 */
export async function importModel(
  context: CommandContext,
  partsOf: () => ImportParts,
  input: ImportInput,
): Promise<ImportAnswer> {
  refuseWithoutReason(input.reason, 'import');
  refuseForeignSeason(input.signature ?? {});
  authorise(context.principal, 'apply', input.model);
  // After the permission: a stranger must not learn how this process was set up.
  const parts = partsOf();
  const said = {
    artifact: input.artifact,
    data: input.data ?? null,
    signature: input.signature ?? {},
    // Only where it is given: an import of before it could be is the same import today.
    ...(input.golden === undefined ? {} : { golden: input.golden }),
    ...saidOfProcess(input),
  };
  const runId = runIdOf(input.model, said);
  return runCommand(
    context,
    { model: input.model, key: input.key, reason: input.reason },
    {
      kind: 'import',
      permission: 'apply',
      body: { ...said, owner: input.owner ?? null, useCase: input.useCase ?? null },
      perform: (commandId) => perform(context, parts, input, { runId, commandId }),
    },
  );
}

interface Ids {
  readonly runId: string;
  readonly commandId: string;
}

/** The same file with the same words about it is the same run. */
function runIdOf(model: string, said: object): string {
  const identity = createHash('sha256').update(canonicalJson(said)).digest('hex');
  return formatRunId({ kind: 'import', model, identityStart: identity.slice(0, 16) });
}

async function perform(
  context: CommandContext,
  parts: ImportParts,
  input: ImportInput,
  ids: Ids,
): ReturnType<typeof answerOf> {
  const before = await versionOfRun(context.database.db, ids.runId);
  if (before !== null)
    return answerOf(context, input.model, {
      version: before.version,
      revision: before.specRevision,
      created: false,
      inferred: [],
      maker: sayMakerComparison({
        rows: before.report.parity.rows,
        largestDifference: before.report.parity.maxAbsoluteDifference,
      }),
    });
  const process = declaredProcess(input, await lockedSpec(context.database.db, input.model));
  const inspected = await inspect(parts, input, process);
  const imported = await store(context, input, ids, inspected, process);
  // It is served as soon as Postgres says so; the entity may come later, and `reconcile` starts it if this does not.
  await context.bus.ensureModel(input.model).catch(() => undefined);
  if (imported.endedRollout !== null) await context.bus.nudge({ endedRollout: imported.endedRollout });
  const { result } = inspected;
  return answerOf(context, input.model, {
    ...imported,
    inferred: [...result.notes, referenceNote(result), `process: ${sayModelProcess(process)}`],
    maker: sayMakerComparison(result.maker),
  });
}

interface Inspected {
  readonly result: ImportResult;
  readonly modelDigest: string;
  readonly profileDigest: string;
}

/** Definition, version and champion in one transaction. */
function store(
  context: CommandContext,
  input: ImportInput,
  ids: Ids,
  { result, modelDigest, profileDigest }: Inspected,
  process: Partial<ModelProcessSpec>,
): ReturnType<typeof importVersion> {
  return withTransaction(context.database, async (tx) => {
    const current = await lockedSpec(tx, input.model);
    if (current !== null && isTrainable(current.trainer)) throw hasItsOwn(input.model);
    const spec = parseSpec(
      importedSpec({
        name: input.model,
        owner: input.owner ?? current?.about.owner ?? actorOf(context),
        useCase: input.useCase ?? current?.about.useCase ?? null,
        fileName: input.fileName ?? null,
        findings: result,
        signature: input.signature ?? {},
        fallback: current?.fallback ?? null,
        process,
      }),
    );
    return importVersion(tx, {
      ...ids,
      spec,
      actor: actorOf(context),
      tokenId: context.principal.tokenId,
      reason: input.reason,
      sourceDigest: input.artifact,
      modelDigest,
      profileDigest,
      threshold: taskOf(result.task).hasPositive ? result.threshold : null,
      inferred: result.notes,
      maker: result.maker,
      memory: result.memory,
    });
  });
}

/** What is said now, else what was said before. */
function declaredProcess(input: ImportInput, current: ModelSpec | null): Partial<ModelProcessSpec> {
  const said = saidOfProcess(input);
  if (Object.keys(said).length > 0 || current?.trainer.kind !== 'imported') return said;
  return saidOfProcess(current.trainer);
}

/** What the child found, and its files in the store. */
async function inspect(parts: ImportParts, input: ImportInput, process: Partial<ModelProcessSpec>): Promise<Inspected> {
  await mkdir(parts.workDir, { recursive: true });
  const folder = await mkdtemp(path.join(parts.workDir, 'import-'));
  try {
    const modelPath = await parts.store.checkedPathOf(input.artifact);
    const samplePath = input.data === undefined ? null : await parts.store.checkedPathOf(input.data);
    const goldenPath = input.golden === undefined ? null : await parts.store.checkedPathOf(input.golden);
    const result = await inspectModelFile({
      job: 'import',
      modelPath,
      samplePath,
      goldenPath,
      digest: input.artifact,
      signature: input.signature ?? {},
      process: modelProcessOf(process),
      outputDir: folder,
    });
    return {
      result,
      modelDigest: await parts.store.putFile(result.modelFile),
      profileDigest: await parts.store.putFile(result.profileFile),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function answerOf(
  context: CommandContext,
  model: string,
  done: {
    readonly version: number;
    readonly revision: number;
    readonly created: boolean;
    readonly inferred: readonly string[];
    readonly maker: string;
  },
) {
  const { version, revision, created } = done;
  const text = created
    ? `v${version} is imported and ${await waitUntilServed(context, model, version)}: watched, never trained here`
    : `this file is v${version} already${await standing(context, model, version)}`;
  return {
    text,
    link: context.bus.uiUrl(workflowIds.model(model)),
    version,
    revision,
    created,
    inferred: [...done.inferred],
    maker: done.maker,
  };
}

async function standing({ database }: CommandContext, model: string, version: number): Promise<string> {
  await readModel(database.db, model);
  return (await findVersion(database.db, model, version)) === null
    ? ''
    : `; make it champion with \`perennial promote ${model} --to ${version}\` if it is not`;
}

function referenceNote({ profileRows }: ImportResult): string {
  return profileRows > 0
    ? `reference: ${profileRows} rows of the sample`
    : 'reference: none yet; the first closed window of traffic will be it';
}

function hasItsOwn(model: string): PerennialError {
  return new PerennialError(
    'conflict',
    `"${model}" has a definition that trains here; an imported file would replace it.`,
    {
      path: 'name',
      hint: 'Import under another name, or apply a definition of your own for what you want to change.',
    },
  );
}
