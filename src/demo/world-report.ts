import { grouped, type Act } from './acts.ts';
import type { Check } from './check.ts';
import { columns } from '../domain/words/columns.ts';
import type { DemoOptions } from './options.ts';
import type { Play } from './play.ts';
import type { WorldValue, Worth } from './value.ts';
import { worldFigures, worldMetricNouns } from './world-metrics.ts';

/** What it was worth, how long it took, and whether the loop closed: a table for people, or one JSON line. */
export function reportWorld(
  options: DemoOptions,
  { acts, stage, seed, spec }: Play,
  value: WorldValue,
  checks: readonly Check[],
): void {
  const seconds = Number(stage.seconds().toFixed(1));
  const isClosed = checks.every(({ ok }) => ok);
  if (options.json) {
    const result = {
      model: spec.name,
      seed,
      rows: value.rows,
      closed: isClosed,
      acts: acts.list,
      value: roundedValue(value),
      checks,
      seconds,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const worth = (name: string, { value: money, metrics }: Worth): readonly string[] => [
    name,
    `${grouped(money)} ${value.currency}`,
    ...Object.values(worldFigures(metrics, (figure = Number.NaN) => figure.toFixed(4))),
  ];
  const lines = [
    '',
    ...columns([
      [`${grouped(value.rows)} payments, by the truth`, 'value', ...worldMetricNouns],
      worth('the loop', value.loop),
      worth('first champion, never retrained', value.neverRetrained),
    ]),
    `saved: ${grouped(value.saved)} ${value.currency}, ${(100 * value.savedPerRow).toFixed(1)} cents a payment`,
    '',
    ...columns([['act', 'seconds'], ...acts.list.map((act) => [nameOf(act), act.seconds.toFixed(1).padStart(7)])]),
    '',
    ...columns(checks.map(({ check, ok, found }) => [ok ? 'ok' : 'FAILED', check, found])),
    '',
    isClosed
      ? `the loop closed, in ${seconds.toFixed(0)} s`
      : `the loop did NOT close (${checks.filter(({ ok }) => !ok).length} checks failed), ` +
        `after ${seconds.toFixed(0)} s`,
  ];
  process.stdout.write(`${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n`);
}

/** `canary 25 % v3`: which of several acts of a name. */
function nameOf({ act, figures }: Act): string {
  const step = typeof figures['step'] === 'string' ? figures['step'] : act;
  return typeof figures['version'] === 'number' ? `${step} v${figures['version']}` : step;
}

function roundedValue(value: WorldValue): object {
  const worth = ({ value: money, metrics }: Worth) => ({
    value: Number(money.toFixed(2)),
    ...worldFigures(metrics, (figure = Number.NaN) => Number(figure.toFixed(6))),
  });
  return {
    currency: value.currency,
    saved: Number(value.saved.toFixed(2)),
    savedPerRow: Number(value.savedPerRow.toFixed(4)),
    loop: worth(value.loop),
    neverRetrained: worth(value.neverRetrained),
  };
}
