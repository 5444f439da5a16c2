import { answer } from '../../answering/answer.ts';
import { usableScores } from '../../answering/usable-scores.ts';
import type { Answer } from '../../domain/record/records.ts';
import type { ServedModel, ServedVersion } from '../versions/model-table.ts';
import type { AskedRow } from './prediction.ts';

/** One row with the version that answered it, or that should have and could not. */
export interface AnsweredRow {
  readonly asked: AskedRow;
  readonly by: ServedVersion;
  /** Null where no version could answer: the row has failed, the request has not. */
  readonly answer: Answer | null;
  /** True when the version that should have answered did not, whether or not another did. */
  readonly hasFailed: boolean;
  /** Which other version the record names; null for none. */
  readonly otherVersion: number | null;
  /** It scores the row too, once it is answered; null where it does not. */
  readonly other: ServedVersion | null;
}

/** Who is to answer a row, who answers where that fails, and who else scores it. */
interface Seat {
  readonly first: ServedVersion;
  /** Null where nobody answers instead. */
  readonly rescue: ServedVersion | null;
  readonly other: ServedVersion | null;
  readonly otherVersion: number | null;
}

/**
 * Each row by the arm that it was given to. Where the challenger fails, the champion answers, and for an arm of an
 * A/B test its control; where that fails too, the row has no answer.
 */
export async function answerByArms(
  model: ServedModel,
  champion: ServedVersion,
  asked: readonly AskedRow[],
): Promise<readonly AnsweredRow[]> {
  const seats = asked.map((row) => seatOf(model, champion, row));
  const first = await answersBy(
    asked,
    seats.map((seat) => seat.first),
  );
  // The record says whose failure it was.
  const rescuers = seats.map(({ rescue }, index) => (first[index] === null ? rescue : null));
  const rescued = await answersBy(asked, rescuers);
  return asked.map((row, index) => {
    const seat = seats[index] ?? seatOf(model, champion, row);
    const rescuer = rescuers[index] ?? null;
    const given = (rescuer === null ? first[index] : rescued[index]) ?? null;
    return {
      asked: row,
      by: rescuer ?? seat.first,
      answer: given,
      hasFailed: rescuer !== null || given === null,
      otherVersion: rescuer === null ? seat.otherVersion : seat.first.routed.version,
      other: rescuer === null ? seat.other : seat.first,
    };
  });
}

function seatOf(model: ServedModel, champion: ServedVersion, row: AskedRow): Seat {
  const { challenger } = model;
  if (row.abTestArm !== null) return abTestSeat(model, champion, row.abTestArm);
  if (row.arm === 'challenger' && challenger !== null)
    return { first: challenger, rescue: champion, other: champion, otherVersion: champion.routed.version };
  return { first: champion, rescue: null, other: challenger, otherVersion: challenger?.routed.version ?? null };
}

/** The control scores the rows of the others as well: what it says of them is known before they are treated. */
function abTestSeat({ abTest }: ServedModel, champion: ServedVersion, at: number): Seat {
  const control = abTest?.arms[0]?.served ?? champion;
  const arm = abTest?.arms[at];
  if (at === 0 || arm === undefined) return { first: control, rescue: null, other: null, otherVersion: null };
  // One that was stopped is named all the same: its entities stay its own, whoever answers them.
  if (arm.served === null) return { first: control, rescue: null, other: null, otherVersion: arm.version };
  return { first: arm.served, rescue: control, other: control, otherVersion: control.routed.version };
}

/**
 * Answers in the order of the rows, each version asked once; null for a row that it failed on, or that asks nobody.
 * Rejects with `overloaded` while too much waits, unless `mayBeFull`: then a full queue costs these answers alone.
 */
export async function answersBy(
  asked: readonly AskedRow[],
  by: readonly (ServedVersion | null)[],
  mayBeFull = false,
): Promise<readonly (Answer | null)[]> {
  const versions = [...new Set(by.filter((version) => version !== null))];
  const given = await Promise.all(
    versions.map(async (version) => {
      const rows = asked.filter((_, index) => by[index] === version);
      const answers = answersOf(version, rows);
      return mayBeFull ? answers.catch(() => []) : answers;
    }),
  );
  const queues = new Map(versions.map((version, index) => [version, (given[index] ?? []).values()]));
  return by.map((version) => (version === null ? null : (queues.get(version)?.next().value ?? null)));
}

/** A version's answers, in order; null for a row that it failed on. Rejects with `overloaded` while too much waits. */
async function answersOf(version: ServedVersion, asked: readonly AskedRow[]): Promise<readonly (Answer | null)[]> {
  const rows = asked.map(({ row }) => version.pick(row));
  const scores = await version.batcher.submit(rows);
  return scores.map((row, at) => {
    const usable = row === null ? null : usableScores(version.signature, row);
    return usable === null ? null : answer(version.answerer, usable, version.covariatesOf(rows[at]?.numbers ?? []));
  });
}
