import type { FreezeWindow } from '../parts/rollout-spec.ts';
import { checkTimeZone, problemIf, type SpecProblem } from '../spec-bounds.ts';
import { frozenUntil } from './freeze-window.ts';

/** Any instant will do: where windows leave a gap, it comes within a week. */
const someTimeMs = 0;

/** Problems of freeze windows: what is no day, time or time zone, and a week without a gap. */
export function checkFreezeWindows(freezeWindows: readonly FreezeWindow[] = []): SpecProblem[] {
  const problems = freezeWindows.flatMap(({ days, from, to, timeZone }, index) => {
    const path = `rollout.freezeWindows[${index}]`;
    return [
      ...problemIf(days.length === 0, `${path}.days`, 'no day is named', "Name at least one, like 'sat'."),
      ...(
        [
          ['from', from],
          ['to', to],
        ] as const
      ).flatMap(([member, time]) =>
        problemIf(
          !/^([01]\d|2[0-3]):[0-5]\d$/.test(time),
          `${path}.${member}`,
          `"${time}" is no time of day`,
          "Write hours and minutes like '18:00'.",
        ),
      ),
      ...checkTimeZone(`${path}.timeZone`, timeZone),
    ];
  });
  if (problems.length > 0) return problems;
  return problemIf(
    frozenUntil(freezeWindows, someTimeMs) === Infinity,
    'rollout.freezeWindows',
    'the windows cover the whole week, so no rollout could ever move forward',
    'Leave a gap between them.',
  );
}
