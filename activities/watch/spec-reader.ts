import type { Db } from '../../src/db/base/connect.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { SpecOf } from './ask-first-champion.ts';
import { remember } from './remember.ts';

const specsCachedMax = 500;

/** Revisions never change, so each is read once. */
export function createSpecReader(db: Db): SpecOf {
  const specs = new Map<string, Promise<ModelSpec>>();
  return (model, revision) =>
    remember(
      specs,
      `${model}/${revision}`,
      specsCachedMax,
      async () => (await readSpecRevision(db, model, revision)).spec,
      () => undefined,
    );
}
