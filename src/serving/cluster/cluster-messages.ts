/** What the primary and its workers say to each other over the channel that `node:cluster` gives them. */
export type FromWorker =
  | { readonly say: 'hello' }
  /** A version's file is being loaded; the time-out of loading begins anew. */
  | { readonly say: 'loading'; readonly key: string }
  | {
      readonly say: 'ready';
      readonly port: number;
      readonly loaded: readonly string[];
      readonly failed: readonly string[];
    }
  /** Its event loop turns. */
  | { readonly say: 'pong' }
  /** It cannot start and says why; trying again at once would not help. */
  | { readonly say: 'unable'; readonly reason: string };

export type FromPrimary =
  | { readonly say: 'start'; readonly processId: string; readonly excluded: readonly string[] }
  /** It waits as a spare: what the first load costs is done now, while nobody waits for it. */
  | { readonly say: 'warm' }
  | { readonly say: 'ping' }
  | { readonly say: 'retire'; readonly graceMs: number };

/** The channel carries anything; this says whether a message has a `say` of the given kind. */
export function isMessage<T extends { readonly say: string }>(
  message: unknown,
  kinds: readonly T['say'][],
): message is T {
  return (
    typeof message === 'object' && message !== null && 'say' in message && kinds.some((kind) => kind === message.say)
  );
}

export const fromWorkerKinds: readonly FromWorker['say'][] = ['hello', 'loading', 'ready', 'pong', 'unable'];
export const fromPrimaryKinds: readonly FromPrimary['say'][] = ['start', 'warm', 'ping', 'retire'];
