import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import { sha256OfFile } from '../../src/artifacts/digest.ts';
import { combineSnapshots } from '../../src/data/traffic/combine-snapshots.ts';
import { tombstonesOf } from '../../src/db/erasure/tombstones.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { findVersion, type VersionRow } from '../../src/db/models/versions.ts';
import { findEvidenceById } from '../../src/db/runs/evidence.ts';
import type { MadeBy, Reproduced, ReproduceInput } from '../../src/domain/record/reproduction/reproduction.ts';
import { usualLeakage } from '../../src/domain/spec/parts/leakage-spec.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { whyNotAgain } from '../../src/domain/record/reproduction/why-not-again.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { readFitted } from '../../src/trainers/fit/read-fitted.ts';
import { files, type Prepared } from '../../src/trainers/prepare/folder.ts';
import { readJson } from '../../src/trainers/prepare/json-files.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { codeIdentity } from '../train/code-identity.ts';
import type { TrainingChildren } from '../train/training-children.ts';
import { withWorkFolder } from '../work-folder.ts';

export function reproduceVersionActivities(deps: ActivityDependencies, children: TrainingChildren) {
  const { store } = deps;
  const { db } = deps.database;

  /**
   * Fits a version again, from the snapshots, the revision of the definition and the settings that it was made by, and
   * compares the files. Nothing is stored: what is done twice comes to the same. Throws `not_found`, `unsupported` for
   * a version that nothing here can fit again, and `artifact_corrupt` or `not_found` where its rows are gone.
   */
  async function reproduceVersion({ model, version: number }: ReproduceInput): Promise<Reproduced> {
    const version = await findVersion(db, model, number);
    if (version === null) throw new PerennialError('not_found', `${model} has no version ${number}.`);
    const { spec } = await readSpecRevision(db, model, version.specRevision);
    refuseOthers(version, spec);
    const line = await lineageOf(db, version.snapshots);
    refuseGone(version, line);
    const tombstones = await tombstonesOf(
      db,
      line.map(({ digest }) => digest),
    );
    const madeDigest = await withWorkFolder({ workDir: deps.workDir, kind: 'reproduce', model }, async (workDir) => {
      const { paths } = await combineSnapshots(
        store,
        line.map(({ manifest }) => manifest),
        workDir,
      );
      const folder = path.join(workDir, 'fit');
      await mkdir(path.join(folder, files.checkpoint), { recursive: true });
      await children.run<'prepare'>({ job: 'prepare', spec: unasked(spec), dataPaths: paths, folder });
      const settings = version.report.search?.settings;
      const { isTaken = false, members = [] } = version.report.ensemble ?? {};
      await children.run<'fit'>({
        job: 'fit',
        folder,
        ...(settings === undefined ? {} : { settings }),
        ...(isTaken ? { ensemble: { members } } : {}),
      });
      const { candidate, release } = await readFitted(
        folder,
        await readJson<Prepared>(path.join(folder, files.prepared)),
      );
      return sha256OfFile(path.join(folder, (release ?? candidate).modelFile));
    });
    return {
      recordedDigest: version.modelDigest,
      madeDigest,
      isEqual: madeDigest === version.modelDigest,
      madeBy: await madeThen(version),
      madeByNow: codeIdentity(),
      erasedFrom: tombstones.size,
      erasedRows: [...tombstones.values()].reduce((sum, { rows }) => sum + rows, 0),
    };
  }

  async function madeThen({ model, gateEvidenceId }: VersionRow): Promise<MadeBy | null> {
    const found = gateEvidenceId === null ? null : await findEvidenceById(db, model, gateEvidenceId);
    const code: unknown = found?.body['code'];
    return isMadeBy(code) ? code : null;
  }

  return { reproduceVersion };
}

/** A suspicion of leakage was answered when the version was made; it has no part in what is fitted. */
function unasked(spec: ModelSpec): ModelSpec {
  return { ...spec, leakage: { ...(spec.leakage ?? usualLeakage), action: 'note' } };
}

function refuseOthers({ version, origin }: VersionRow, { trainer }: ModelSpec): void {
  const why = whyNotAgain(trainer, origin);
  if (why !== null)
    throw new PerennialError('unsupported', `v${version} ${why}.`, {
      path: 'version',
      hint: 'Ask for a version that a family of this platform has fitted from nothing.',
    });
}

function refuseGone({ version }: VersionRow, line: readonly { readonly filesRemovedAt: Date | null }[]): void {
  const gone = line.filter(({ filesRemovedAt }) => filesRemovedAt !== null).length;
  if (line.length > 0 && gone === 0) return;
  const what =
    line.length === 0 ? 'no snapshot of its rows is recorded' : `${gone} of its snapshots have no files any more`;
  throw new PerennialError('not_found', `v${version} cannot be fitted again: ${what}.`, {
    path: 'version',
    hint: '`retention.artifacts` of a definition says how long they are kept.',
  });
}

function isMadeBy(value: unknown): value is MadeBy {
  return typeof value === 'object' && value !== null && 'digest' in value && 'node' in value && 'platform' in value;
}
