import { parseArgs } from 'node:util';
import { dateOrders, type DateOrder } from '../domain/spec/closed-sets.ts';
import { checkTimeZone } from '../domain/spec/spec-bounds.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { sayChoice } from '../domain/words/say.ts';
import { wrongLine } from '../domain/words/wrong-line.ts';

export interface DemoOptions {
  readonly json: boolean;
  readonly keep: boolean;
  readonly seed: number;
  readonly help: boolean;
  /** Of a table: what is retrained otherwise is held against the loop. */
  readonly hasYardsticks: boolean;
  /** Null plays the payments world of the simulator. */
  readonly data: DataOptions | null;
}

export interface DataOptions {
  readonly path: string;
  readonly target: string;
  readonly time: string | null;
  readonly positive: string | null;
  readonly entity: string | null;
  readonly dateOrder: DateOrder | null;
  readonly timeZone: string | null;
  readonly labelDelayRows: number | null;
  readonly name: string | null;
}

export const demoHelp = `perennial demo [--keep] [--json] [--seed N]
perennial demo --data FILE --target COLUMN [--time COLUMN] [--positive VALUE] [--entity COLUMN]
               [--date-order ORDER] [--time-zone ZONE] [--label-delay ROWS] [--name NAME] [--no-yardsticks]
               [--keep] [--json]

Plays the whole life of a model on this machine, with real engines: of the payments world, or of your table
(CSV, NDJSON, Parquet; binary, multiclass or regression, recognised from the target).

  --keep           stays up afterwards; with --data the definition is written to models/
  --json           ends with one JSON line on standard output; progress goes to standard error
  --seed N         seed of the payments world (default 7)
  --label-delay N  rows by which labels come late (default 500, less for small tables)
  --no-yardsticks  leaves out what learns otherwise on the same rows: retraining at fixed intervals, and, where
                   PERENNIAL_PYTHON (default python3) has them, river and lightgbm
  --date-order     of dates such as 04/07/20 that have several readings: ${sayChoice(dateOrders)}
  --time-zone      of times that name none, such as Europe/Berlin (default UTC)

Killed in the middle? Run it again: it goes on where it was.`;

/** Parses the line; every mistake is one sentence that names the flag. */
export function parseDemo(args: readonly string[]): DemoOptions {
  const values = parsed(args);
  const dataFlags = [
    'target',
    'time',
    'positive',
    'entity',
    'date-order',
    'time-zone',
    'label-delay',
    'name',
    'no-yardsticks',
  ] as const;
  if (values.data === undefined) {
    const orphan = dataFlags.find((flag) => values[flag] !== undefined);
    if (orphan !== undefined)
      throw new PerennialError('invalid_request', `--${orphan} belongs to --data FILE.`, {
        path: `--${orphan}`,
        hint: 'Name the table with --data, or leave it out.',
      });
  } else if (values.target === undefined) {
    throw new PerennialError('invalid_request', '--target is missing: it names the column to predict.', {
      path: '--target',
      hint: `For example: npm run demo -- --data ${values.data} --target label`,
    });
  }
  return {
    json: values.json === true,
    keep: values.keep === true,
    help: values.help === true,
    hasYardsticks: values['no-yardsticks'] !== true,
    seed: wholeNumber('--seed', values.seed) ?? 7,
    data:
      values.data === undefined
        ? null
        : {
            path: values.data,
            target: values.target ?? '',
            time: values.time ?? null,
            positive: values.positive ?? null,
            entity: values.entity ?? null,
            dateOrder: dateOrderOf(values['date-order']),
            timeZone: timeZoneOf(values['time-zone']),
            labelDelayRows: wholeNumber('--label-delay', values['label-delay']),
            name: values.name ?? null,
          },
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: text,
        target: text,
        time: text,
        positive: text,
        entity: text,
        'date-order': text,
        'time-zone': text,
        'label-delay': text,
        name: text,
        seed: text,
        keep: flag,
        json: flag,
        'no-yardsticks': flag,
        help: { ...flag, short: 'h' },
      },
      strict: true,
    }).values;
  } catch (error) {
    throw wrongLine(error, 'npm run demo -- --help');
  }
}

function dateOrderOf(value: string | undefined): DateOrder | null {
  if (value === undefined) return null;
  const order = dateOrders.find((one) => one === value);
  if (order !== undefined) return order;
  throw new PerennialError('invalid_request', `--date-order must be ${sayChoice(dateOrders)}, not "${value}".`, {
    path: '--date-order',
    hint: 'For example: --date-order day-first',
  });
}

function timeZoneOf(value: string | undefined): string | null {
  const [problem] = value === undefined ? [] : checkTimeZone('--time-zone', value);
  if (problem === undefined) return value ?? null;
  throw new PerennialError('invalid_request', `--time-zone: ${problem.message}.`, {
    path: problem.path,
    hint: problem.fix,
  });
}

function wholeNumber(flag: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new PerennialError('invalid_request', `${flag} must be a whole number, not "${value}".`, {
    path: flag,
    hint: `For example: ${flag} 500`,
  });
}
