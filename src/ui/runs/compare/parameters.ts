import type { RunSide } from '../../../db/pages/compare.ts';
import { unreadIn } from '../../../domain/training/selection/selection.ts';
import { many, number, percent } from '../../words/format.ts';
import { line, type Line } from './line.ts';

/** The trainer's settings that differ, and what the training chose by itself. */
export function parameters(a: RunSide, b: RunSide): Line[] {
  const settings = (side: RunSide): Readonly<Record<string, unknown>> => ({ ...side.spec?.spec.trainer });
  const [ofA, ofB] = [settings(a), settings(b)];
  const names = [...new Set([...Object.keys(ofA), ...Object.keys(ofB)])];
  const text = (value: unknown) =>
    value === undefined ? '—' : typeof value === 'string' ? value : JSON.stringify(value);
  const settingLines = names.map((name) => line(`trainer.${name}`, text(ofA[name]), text(ofB[name])));
  const same = settingLines.filter((one) => one.isSame).length;
  return [
    ...settingLines.filter((one) => !one.isSame),
    ...(same === 0 ? [] : [line('Settings of the trainer', many(same, 'setting'), many(same, 'setting'))]),
    line('Trees kept', number(a.report?.release?.trees), number(b.report?.release?.trees)),
    line('History used', percent(a.report?.historyShare), percent(b.report?.historyShare)),
    line('Features not read', unread(a), unread(b)),
    line('Decides from', number(a.version?.threshold), number(b.version?.threshold)),
  ];
}

function unread({ report }: RunSide): string {
  const withheld = unreadIn(report?.selection);
  return withheld.length === 0 ? 'none' : withheld.join(', ');
}
