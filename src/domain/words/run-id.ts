import { parseWhole } from './whole-number.ts';

/** What the id of a run says. It is the workflow's id where there is a workflow; imports and replays have none. */
export type RunId =
  | {
      readonly kind: 'ingest';
      readonly model: string;
      readonly sourceDigestStart: string;
      readonly specRevision: number;
    }
  | { readonly kind: 'train'; readonly model: string; readonly number: number }
  | { readonly kind: 'rollout'; readonly model: string; readonly version: number; readonly attempt: number }
  /** `moved` is the routing revision at which a person put the version in charge; absent after its first rollout. */
  | { readonly kind: 'guard'; readonly model: string; readonly version: number; readonly moved?: number }
  | { readonly kind: 'ab-test' | 'experiment'; readonly model: string; readonly number: number }
  /** `number` counts all reproductions of the model. */
  | { readonly kind: 'reproduce'; readonly model: string; readonly version: number; readonly number: number }
  /** By the snapshot that it made. */
  | { readonly kind: 'replay'; readonly model: string; readonly snapshotStart: string }
  | { readonly kind: 'import'; readonly model: string; readonly identityStart: string };

/** As it stands in the database and in the Temporal Web UI. */
export function formatRunId(id: RunId): string {
  switch (id.kind) {
    case 'ingest':
      return `ingest/${id.model}/${id.sourceDigestStart}/${id.specRevision}`;
    case 'train':
      return `train/${id.model}/${id.number}`;
    case 'rollout':
      return `rollout/${id.model}/${id.version}/${id.attempt}`;
    case 'guard':
      return `guard/${id.model}/${id.version}${id.moved === undefined ? '' : `/${id.moved}`}`;
    case 'ab-test':
    case 'experiment':
      return `${id.kind}/${id.model}/${id.number}`;
    case 'reproduce':
      return `reproduce/${id.model}/${id.version}/${id.number}`;
    case 'replay':
      return `replay/${id.model}/${id.snapshotStart}`;
    case 'import':
      return `import/${id.model}/${id.identityStart}`;
  }
}

/** Null for whatever is not the id of a run. */
export function parseRunId(text: string): RunId | null {
  const [kind, model = '', third = '', fourth, ...more] = text.split('/');
  if (model === '' || third === '' || more.length > 0) return null;
  return fourth === undefined ? ofThreeParts(kind, model, third) : ofFourParts(kind, model, third, fourth);
}

function ofThreeParts(kind: string | undefined, model: string, third: string): RunId | null {
  if (kind === 'replay') return { kind, model, snapshotStart: third };
  if (kind === 'import') return { kind, model, identityStart: third };
  const number = parseWhole(third);
  if (number === null) return null;
  if (kind === 'train' || kind === 'ab-test' || kind === 'experiment') return { kind, model, number };
  return kind === 'guard' ? { kind, model, version: number } : null;
}

function ofFourParts(kind: string | undefined, model: string, third: string, fourth: string): RunId | null {
  const last = parseWhole(fourth);
  if (last === null) return null;
  if (kind === 'ingest') return { kind, model, sourceDigestStart: third, specRevision: last };
  const version = parseWhole(third);
  if (version === null) return null;
  if (kind === 'guard') return { kind, model, version, moved: last };
  if (kind === 'reproduce') return { kind, model, version, number: last };
  return kind === 'rollout' ? { kind, model, version, attempt: last } : null;
}
