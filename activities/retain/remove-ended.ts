import path from 'node:path';
import { removeOldEntries } from '../../src/artifacts/remove-old-entries.ts';
import { joinPushed } from '../../src/db/pushes/join-pushed.ts';
import { pushedNamesAfter } from '../../src/db/pushes/read-pushed.ts';
import { removeOfModel } from '../../src/db/retention/remove-of-model.ts';
import { noteRemoval } from '../../src/db/retention/remove-rows.ts';
import { agedRules, removeAgedRows } from '../../src/db/retention/aged-rows.ts';
import { reportRemovals } from '../../src/db/retention/report-removals.ts';
import { uploadHours } from '../../src/domain/record/ends.ts';
import type { RetainPlace } from '../../src/domain/record/retain-place.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { collectArtifacts } from './collect-artifacts.ts';
import { eachModel } from './each-model.ts';
import { measureModels, sampleDisks } from './measure-storage.ts';
import type { Part } from './part.ts';

/** Longest time that one step goes on; what is left is the next step's, so a light activity stays a quick one. */
const stepMsMax = 10_000;
const rowsPerBatch = 2_000;

export function removeEndedActivities(deps: ActivityDependencies) {
  /**
   * One bounded step of the walk over everything that has an end; answers where the next one begins, null at the end of
   * the walk. A step that is done again finds nothing left to do.
   */
  async function removeEnded(input: {
    readonly place: RetainPlace | null;
  }): Promise<{ readonly next: RetainPlace | null }> {
    const parts = partsOf(deps);
    const names = Object.keys(parts);
    // A place that this release does not know is from before an update: the walk begins anew.
    const index = Math.max(0, names.indexOf(input.place?.part ?? ''));
    const name = names[index];
    const part = name === undefined ? undefined : parts[name];
    if (name === undefined || part === undefined) return { next: null };
    const endMs = performance.now() + stepMsMax;
    const cursor = await part(input.place?.part === name ? input.place.cursor : null, () => performance.now() > endMs);
    if (cursor !== null) return { next: { part: name, cursor } };
    const following = names[index + 1];
    return { next: following === undefined ? null : { part: following, cursor: null } };
  }

  return { removeEnded };
}

/** In this order: what is told last has been done before. */
function partsOf(deps: ActivityDependencies): Readonly<Record<string, Part>> {
  const { database, store, keptDays, artifactDir, artifactGraceMs: graceMs, freeBytes } = deps;
  return {
    /** The cursor is the index of the rule. */
    async rows(cursor, isOver) {
      const rules = agedRules(keptDays);
      for (let index = Number(cursor ?? 0); ; index++) {
        const rule = rules[index];
        if (rule === undefined) return null;
        while ((await removeAgedRows(database, rule, rowsPerBatch)).rows === rowsPerBatch)
          if (isOver()) return String(index);
      }
    },
    /** The cursor is the model that is through. */
    models: (cursor, isOver) =>
      eachModel(database.db, { cursor, isOver }, (model) => removeOfModel(database, model, rowsPerBatch)),
    /** Of models and views. The cursor is the one that is through. */
    pushed: (cursor, isOver) =>
      eachModel(database.db, { cursor, isOver }, (name) => joinPushed(database, store, name), pushedNamesAfter),
    /** The cursor is the prefix to go on from. */
    artifacts: (cursor, isOver) => collectArtifacts({ database, store, graceMs }, cursor, isOver),
    /** The cursor is the prefix to go on from, with the bytes of those before it. */
    disks: (cursor, isOver) => sampleDisks({ db: database.db, store, ...freeBytes }, cursor, isOver),
    /** The cursor is the model that is through. */
    storage: (cursor, isOver) => measureModels({ db: database.db, store }, { cursor, isOver }),
    /** Half-written uploads of processes that are gone. */
    async uploads() {
      const gone = await removeOldEntries(path.join(artifactDir, 'incoming'), { ageMs: uploadHours * 3_600_000 });
      const bytes = gone.reduce((sum, entry) => sum + entry.bytes, 0);
      await noteRemoval(database.db, '*', 'uploads', { rows: gone.length, bytes });
      return null;
    },
    async report(_, isOver) {
      while (await reportRemovals(database)) if (isOver()) return '';
      return null;
    },
  };
}
