import { instantMsMax } from '../../../domain/features/expressions/calendar-parts.ts';
import type { CalendarOperator } from '../../../domain/features/expressions/closed-sets.ts';
import type { OperationOf } from '../../../domain/features/expressions/expression.ts';
import { offsetMsOf } from '../../../domain/features/expressions/time-offset.ts';
import type { NodeKit } from './node-kit.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** A part of the calendar of an instant, in whole float64 numbers, which are exact here. */
export function writeCalendar(kit: NodeKit, { op, timeZone }: OperationOf<CalendarOperator>, tensor: string): string {
  const offsetMs = offsetMsOf(timeZone) ?? NaN;
  const moved = offsetMs === 0 ? tensor : kit.node('Add', tensor, kit.double(offsetMs));
  const isOut = kit.node('Greater', kit.node('Abs', moved), kit.double(instantMsMax));
  const at = kit.missingWhere(isOut, moved);
  return parts[op](kit, at, floorOf(kit, at, dayMs));
}

type Part = (kit: NodeKit, ms: string, days: string) => string;

const parts: Readonly<Record<CalendarOperator, Part>> = {
  hour: (kit, ms, days) => floorOf(kit, rest(kit, ms, days, dayMs), hourMs),
  weekday(kit, _, days) {
    // 1 January 1970 was a Thursday, day 4.
    const day = plus(kit, days, 4);
    return rest(kit, day, floorOf(kit, day, 7), 7);
  },
  dayOfMonth(kit, _, days) {
    const { dayOfYear, month } = civil(kit, days);
    return plus(kit, kit.node('Sub', dayOfYear, floorOf(kit, plus(kit, times(kit, month, 153), 2), 5)), 1);
  },
  month(kit, _, days) {
    const { month } = civil(kit, days);
    const isOfNextYear = kit.node('GreaterOrEqual', month, kit.double(10));
    return kit.node('Where', isOfNextYear, plus(kit, month, -9), plus(kit, month, 3));
  },
};

/**
 * Day of a year that begins on 1 March, from 0, and month of it, from 0. Source: H. Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", civil_from_days.
 */
function civil(kit: NodeKit, days: string): { readonly dayOfYear: string; readonly month: string } {
  const sinceMarch = plus(kit, days, 719_468);
  const ofEra = rest(kit, sinceMarch, floorOf(kit, sinceMarch, 146_097), 146_097);
  const leaps = kit.node(
    'Sub',
    kit.node('Add', kit.node('Sub', ofEra, floorOf(kit, ofEra, 1_460)), floorOf(kit, ofEra, 36_524)),
    floorOf(kit, ofEra, 146_096),
  );
  const year = floorOf(kit, leaps, 365);
  const before = kit.node(
    'Sub',
    kit.node('Add', times(kit, year, 365), floorOf(kit, year, 4)),
    floorOf(kit, year, 100),
  );
  const dayOfYear = kit.node('Sub', ofEra, before);
  return { dayOfYear, month: floorOf(kit, plus(kit, times(kit, dayOfYear, 5), 2), 153) };
}

function floorOf(kit: NodeKit, tensor: string, divisor: number): string {
  return kit.node('Floor', kit.node('Div', tensor, kit.double(divisor)));
}

/** What is left of `tensor` once `count` times `size` is taken. */
function rest(kit: NodeKit, tensor: string, count: string, size: number): string {
  return kit.node('Sub', tensor, times(kit, count, size));
}

function times(kit: NodeKit, tensor: string, by: number): string {
  return kit.node('Mul', tensor, kit.double(by));
}

function plus(kit: NodeKit, tensor: string, by: number): string {
  return kit.node('Add', tensor, kit.double(by));
}
