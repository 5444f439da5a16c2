import type { RolloutInput } from '../../src/domain/record/runs.ts';

/** What a person, or the model, has said to a running rollout. */
export interface Order {
  readonly say: 'approve' | 'abort' | 'gone';
  readonly commandId: string | null;
  readonly actor: string;
  readonly reason: string;
}

/** All that a running rollout remembers. Handlers write the order, the walk reads it between two steps. */
export interface RolloutState {
  readonly input: RolloutInput;
  order: Order | null;
  /** The step that people are asked for; null while they are asked for none. */
  asked: string | null;
}

export function rolloutState(input: RolloutInput): RolloutState {
  return { input, order: null, asked: null };
}

/** A function, because the compiler cannot see that a handler writes while the walk awaits. */
export function isSpokenTo(state: RolloutState): boolean {
  return state.order !== null;
}
