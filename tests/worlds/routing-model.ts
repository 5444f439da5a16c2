import type { Random } from '../../src/statistics/numeric/random.ts';

/** What may be said to a model or happen to it, by people and by the platform itself. */
export type Word =
  | { readonly say: 'train' | 'step' | 'finish' | 'approve' | 'abort' | 'rollback' | 'freeze' | 'thaw' | 'kill' }
  | { readonly say: 'promote'; readonly version: number }
  /** The command that was given `ago` commands before comes again. */
  | { readonly say: 'repeat'; readonly ago: number };

export interface Move {
  readonly to: number;
  /** What put it in charge; null for the platform. */
  readonly by: 'approve' | 'rollback' | 'promote' | 'kill' | null;
}

/** Who answers a model, as it must be after every word: the whole of routing and aliases, in a few lines. */
export interface Standing {
  readonly champion: number;
  readonly moves: readonly Move[];
  readonly versions: number;
  readonly rollout: { readonly version: number; readonly step: number } | null;
  readonly frozen: 'freeze' | 'kill' | null;
}

export const firstStanding: Standing = {
  champion: 1,
  moves: [{ to: 1, by: null }],
  versions: 1,
  rollout: null,
  frozen: null,
};

/** Words of a rollout: how many steps it has. */
export const stepsMax = 3;

/** What stands after a word. A word that may not be said, or is said again, changes nothing. */
export function after(standing: Standing, word: Word): Standing {
  const { rollout, frozen, champion } = standing;
  switch (word.say) {
    case 'train': {
      if (rollout !== null || frozen !== null) return standing;
      const version = standing.versions + 1;
      return { ...standing, versions: version, rollout: { version, step: 0 } };
    }
    case 'step':
      if (rollout === null || frozen !== null || rollout.step + 1 >= stepsMax) return standing;
      return { ...standing, rollout: { ...rollout, step: rollout.step + 1 } };
    case 'finish':
      return rollout === null || frozen !== null ? standing : moved(standing, { to: rollout.version, by: null });
    case 'approve':
      return rollout === null ? standing : moved(standing, { to: rollout.version, by: 'approve' });
    case 'abort':
      return { ...standing, rollout: null };
    case 'rollback': {
      const before = standing.moves.findLast(({ to }) => to !== champion);
      return before === undefined ? standing : moved(standing, { to: before.to, by: 'rollback' });
    }
    case 'promote':
      return word.version > standing.versions ? standing : moved(standing, { to: word.version, by: 'promote' });
    case 'freeze':
      return { ...standing, frozen: frozen ?? 'freeze' };
    case 'thaw':
      return { ...standing, frozen: null };
    case 'kill':
      return { ...moved({ ...standing, rollout: null }, { to: approvedOf(standing), by: 'kill' }), frozen: 'kill' };
    case 'repeat':
      return standing;
  }
}

/** A move to the champion that stands is none, and leaves a rollout alone. */
function moved(standing: Standing, move: Move): Standing {
  if (move.to === standing.champion) return standing;
  return { ...standing, champion: move.to, moves: [...standing.moves, move], rollout: null };
}

/** The last version that a person put in charge; failing that, the first champion. */
function approvedOf({ moves }: Standing): number {
  const byPerson = moves.findLast(({ by }) => by !== null && by !== 'kill');
  return (byPerson ?? moves[0])?.to ?? 0;
}

/** What must hold across every word, whatever the history; a sentence for each rule that is broken. */
export function brokenBetween(before: Standing, word: Word, now: Standing): readonly string[] {
  const isAutomatic = word.say === 'train' || word.say === 'step' || word.say === 'finish';
  const isSame = JSON.stringify(before) === JSON.stringify(now);
  const rules: readonly (readonly [string, boolean])[] = [
    ['the champion is that of the last move', now.moves.at(-1)?.to === now.champion],
    ['moves are only added', now.moves.length - before.moves.length <= 1],
    ['no move leads to where it began', now.moves.every(({ to }, i) => i === 0 || now.moves[i - 1]?.to !== to)],
    ['the challenger is not the champion', now.rollout?.version !== now.champion],
    ['nothing automatic changes a frozen model', !isAutomatic || before.frozen === null || isSame],
    ['what is said again changes nothing', word.say !== 'repeat' || isSame],
    ['a kill leaves no challenger', word.say !== 'kill' || (now.rollout === null && now.frozen === 'kill')],
    ['a kill goes back to what a person approved', word.say !== 'kill' || now.champion === approvedOf(before)],
    ['only a promotion or a way back moves the champion', now.champion === before.champion || canMove(word)],
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => rule);
}

function canMove({ say }: Word): boolean {
  return ['finish', 'approve', 'rollback', 'promote', 'kill'].includes(say);
}

const said = [
  'train',
  'train',
  'step',
  'step',
  'finish',
  'approve',
  'abort',
  'rollback',
  'freeze',
  'thaw',
  'kill',
] as const;

/** A history of a model: what is likely in life is likely here. */
export function randomWords(random: Random, length: number): readonly Word[] {
  return Array.from({ length }, (): Word => {
    const draw = random.integer(said.length + 4);
    const word = said[draw];
    if (word !== undefined) return { say: word };
    return draw % 2 === 0
      ? { say: 'promote', version: 1 + random.integer(6) }
      : { say: 'repeat', ago: 1 + random.integer(5) };
  });
}
