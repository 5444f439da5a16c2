import { causesOf } from '../../../tests/worlds/cause-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { count } from '../training/judged-gate.ts';

const windowRows = 500;

/** Which feature is named first where it is known which moved the answers. */
export function causeFigures(windows: number): readonly Figure[] {
  const loudFirst = count(windows, (window) => {
    const [first] = causesOf(`loud ${window}`, windowRows, { loud: 0.5, idle: 1 });
    return first?.feature === 'loud';
  });
  const innocent = count(windows, (window) => {
    const causes = causesOf(`loud ${window}`, windowRows, { loud: 0.5, idle: 1 });
    return (causes.find(({ feature }) => feature === 'idle')?.answerShare ?? 0) >= 0.1;
  });
  return [
    atLeast(
      'causes, a feature that answers rest on moved by 0.5 sd, one that they do not by 1: the first is named first',
      loudFirst,
      windows,
      0.95,
    ),
    atMost('the same: the other is given a tenth of the movement of answers, or more', innocent, windows, 0.1),
  ];
}
