import { runKinds } from '../closed-sets.ts';

/** What can be traced: where a thing came from, and what came of it. */
export const lineageKinds = [
  'source',
  'view',
  'snapshot',
  'version',
  'window',
  'decision',
  'run',
  'rollout',
  'champion',
  'prediction',
  'edition',
  'subscriber',
] as const;
export type LineageKind = (typeof lineageKinds)[number];

/**
 * One thing of a model. Its key is what it is called elsewhere: a digest, a number, the id of a run or of a prediction,
 * the occasion of a decision, `version/attempt` of a rollout, `name/digest/snapshot` of a view, the number of a move of
 * the champion, `model/tag/number` of an edition, the id of a training of another model that was started for one.
 *
 * What is of another model is named only where whoever asks may see that model.
 */
export interface LineageName {
  readonly kind: LineageKind;
  readonly key: string;
}

export interface LineageNode extends LineageName {
  /** One line for people. */
  readonly text: string;
  /** When it came to be, ISO 8601; null where nobody wrote it down. */
  readonly at: string | null;
  /** Steps from what was asked about; 0 for that itself. */
  readonly distance: number;
}

/** `to` came of `from`. */
export interface LineageEdge {
  readonly from: LineageName;
  readonly to: LineageName;
}

/** What was found about one thing, and how it hangs together. */
export interface Traced {
  readonly model: string;
  readonly of: LineageName;
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  /** True where more there is than one answer holds. */
  readonly isCut: boolean;
}

export interface Lineage extends Traced {
  /** Of a feature view, whose name `model` is then: things of models stand behind the name of theirs (`fraud/3`). */
  readonly isOfView: boolean;
}

export const lineageDirections = ['up', 'down', 'both'] as const;
export type LineageDirection = (typeof lineageDirections)[number];

/** `snapshot:4be1c7d0…` as it is written on the line and in an address. */
export function formatLineageName({ kind, key }: LineageName): string {
  return `${kind}:${key}`;
}

const shapes: readonly { readonly kind: LineageKind; readonly pattern: RegExp }[] = [
  { kind: 'version', pattern: /^v([1-9]\d{0,8})$/ },
  { kind: 'window', pattern: /^w([1-9]\d{0,8})$/ },
  { kind: 'run', pattern: new RegExp(`^((?:${runKinds.join('|')})/.+)$`) },
  // Cut as lists show it, or whole.
  { kind: 'snapshot', pattern: /^([0-9a-f]{8,64})$/ },
];

/** What a person calls it: `v3`, `w12`, a digest, the id of a run, or `kind:key`. Null for whatever is none of them. */
export function parseLineageName(text: string): LineageName | null {
  const colon = text.indexOf(':');
  const kind = lineageKinds.find((one) => one === text.slice(0, Math.max(0, colon)));
  if (kind !== undefined && colon < text.length - 1) return { kind, key: text.slice(colon + 1) };
  for (const shape of shapes) {
    const key = shape.pattern.exec(text)?.[1];
    if (key !== undefined) return { kind: shape.kind, key };
  }
  return null;
}
