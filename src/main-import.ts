import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImportJob, ImportResult } from './domain/spec/import-job.ts';
import { checkModelMemory, sayModelMemory } from './domain/spec/parts/model-memory.ts';
import { signatureOf, type Signature } from './domain/spec/signature.ts';
import { taskOf } from './domain/tasks/task-of.ts';
import { externalFiles } from './domain/training/external.ts';
import type { TakeJob } from './domain/training/external/take-job.ts';
import { emptyProfile } from './domain/training/empty-profile.ts';
import type { ReferenceProfile } from './domain/training/profile.ts';
import { PerennialError } from './domain/words/errors.ts';
import { answerJob } from './main-job.ts';
import { importForeign } from './onnx/foreign/import-foreign.ts';
import type { FeatureColumns } from './onnx/run/columns.ts';
import { loadModel, runModel, type LoadedModel } from './onnx/run/run-model.ts';
import { measureMemory } from './serving/model-process/measure-memory.ts';
import { plainRows } from './serving/model-process/plain-rows.ts';
import { takeExternal } from './trainers/external/take-result.ts';
import type { ExternalTried } from './trainers/external/write-fitted.ts';
import { holdAgainstMaker } from './trainers/imported/hold-against-maker.ts';
import { limitMemory } from './trainers/imported/limit-memory.ts';
import { readSample } from './trainers/imported/read-sample.ts';
import { files, type Prepared } from './trainers/prepare/folder.ts';
import { readJson } from './trainers/prepare/json-files.ts';
import { referenceProfile } from './trainers/judge/reference-profile.ts';
import type { DeclaredSeason } from './trainers/judge/season-rows.ts';

async function importModel(job: ImportJob): Promise<ImportResult> {
  const { season = null, eventTime = null } = job.signature;
  const sample = job.samplePath === null ? null : await readSample(job.samplePath, season === null ? null : eventTime);
  const { findings, modelFile, fileClasses } = await importForeign(
    job.modelPath,
    job.signature,
    sample,
    job.digest,
    job.outputDir,
  );
  const columns = sample?.columns(findings.features) ?? null;
  const session = columns === null && job.goldenPath === null ? null : (await loadModel(modelFile)).session;
  const maker =
    job.goldenPath === null || session === null
      ? null
      : await holdAgainstMaker(job.goldenPath, session, findings, fileClasses);
  const signature = signatureOfFindings(findings);
  const memory = await measureMemory(modelFile, signature, plainRows(signature, findings.features), job.process);
  checkModelMemory(memory, job.process);
  const declared = season === null || sample?.timesMs == null ? null : { of: season, timesMs: sample.timesMs };
  const profile =
    columns === null || session === null ? emptyProfile : await profileOf(signature, session, columns, declared);
  const profileFile = path.join(job.outputDir, 'profile.json');
  await writeFile(profileFile, JSON.stringify(profile));
  const notes = [...findings.notes, ...saySeason(declared, profile), sayModelMemory(memory)];
  return { ...findings, notes, maker, memory, profileRows: columns?.rows ?? 0, modelFile, profileFile };
}

/** A file that a program has made for a definition: as an import, but that everything about it is known. */
async function takeModel(job: TakeJob): Promise<ExternalTried> {
  const { folder, external, stage, process } = job;
  await limitMemory(
    Object.values(externalFiles.models).map((name) => path.join(external, name)),
    [path.join(folder, files.validation), path.join(folder, files.training)],
  );
  const taken = await takeExternal({ folder, external, stage });
  const { signature, spec } = await readJson<Prepared>(path.join(folder, files.prepared));
  const file = path.join(folder, taken.file.modelFile);
  const memory = await measureMemory(file, signature, plainRows(signature, spec.features), process);
  checkModelMemory(memory, process);
  return { ...taken, memory };
}

function signatureOfFindings({
  features,
  task,
  classes,
}: Pick<ImportResult, 'features' | 'task' | 'classes'>): Signature {
  return signatureOf({
    features: features.map(({ name, kind, missing }) => ({ name, kind, missing })),
    target: taskOf(task).targetOf({ column: 'label', labelDelay: { rows: 1 } }, classes),
  });
}

/** What later traffic is held against: the rows of the sample, and what the model answers to them. */
async function profileOf(
  signature: Signature,
  session: LoadedModel['session'],
  columns: FeatureColumns,
  declared: Omit<DeclaredSeason, 'scoreTimesMs'> | null,
): Promise<ReferenceProfile> {
  const { scores } = await runModel(session, columns);
  // Each row of the sample is answered.
  const season = declared === null ? null : { ...declared, scoreTimesMs: declared.timesMs };
  return referenceProfile(signature, columns, { from: 0, to: columns.rows }, scores, season);
}

/** Of a sample that is held by its phases, or of too few days to be. */
function saySeason(declared: Omit<DeclaredSeason, 'scoreTimesMs'> | null, { season }: ReferenceProfile): string[] {
  if (declared === null) return [];
  if (season === undefined) return ['season: not heeded, as no phase has 30 rows of the sample in three turns'];
  const known = season.isKnown.filter(Boolean).length;
  return [`season: ${known} of ${season.isKnown.length} phases (${season.phases}, ${season.timeZone}) by the sample`];
}

// The import child: a file from elsewhere is read and run here for the first time, in a process that holds no secret
// and may be lost.
await answerJob<ImportJob | TakeJob>(
  async (job) => {
    if (job.job === 'take') return takeModel(job);
    await limitMemory([job.modelPath], [job.samplePath, job.goldenPath]);
    return importModel(job);
  },
  () =>
    new PerennialError('unsupported', 'The model cannot be imported: something in it cannot be taken apart.', {
      path: 'model',
      hint: 'Export it again for opset 13 to 21 with standard operators.',
    }),
);
