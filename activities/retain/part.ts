/**
 * One part of the walk. Goes on from `cursor` (null: from its beginning) until it is through or `isOver` says that the
 * step has lasted long enough; answers where to go on, null when it is through.
 */
export type Part = (cursor: string | null, isOver: () => boolean) => Promise<string | null>;
