import type { RolloutInput } from '../../src/domain/record/runs.ts';

/** What a person, or the model, has said to a running rollout. */
export interface Word {
  readonly say: 'approve' | 'abort' | 'gone';
  readonly commandId: string | null;
  readonly actor: string;
  readonly reason: string;
}

/** All that a running rollout remembers. Handlers write the word, the walk reads it between two steps. */
export interface RolloutState {
  readonly input: RolloutInput;
  word: Word | null;
}

export function rolloutState(input: RolloutInput): RolloutState {
  return { input, word: null };
}

/** A function, because the compiler cannot see that a handler writes while the walk awaits. */
export function isSpokenTo(state: RolloutState): boolean {
  return state.word !== null;
}
