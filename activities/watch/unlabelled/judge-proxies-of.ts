import type { Db } from '../../../src/db/base/connect.ts';
import type { VersionRow } from '../../../src/db/models/versions.ts';
import { proxiedRows, proxyValues } from '../../../src/db/traffic/read/proxies.ts';
import { countWindowRows } from '../../../src/db/traffic/read/window-rows.ts';
import { earlierProxyMeans, putWindowProxies } from '../../../src/db/watching/window-proxies.ts';
import type { CounterRow, WindowRow } from '../../../src/db/watching/windows.ts';
import type { ProxySpec } from '../../../src/domain/spec/parts/proxy-spec.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import { classesOf, taskOf } from '../../../src/domain/tasks/task-of.ts';
import { decayLoss } from '../../../src/domain/watch/decay-loss.ts';
import {
  basisWindowsMax,
  judgeAgreement,
  judgeProxy,
  proxyRowsMin,
  type ProxyAgreement,
  type ProxyJudgement,
} from '../../../src/domain/watch/judge-proxy.ts';
import { numberNames } from '../../../src/domain/words/number-names.ts';
import { answeredBy } from './answered-by.ts';

export interface ProxiesAsked {
  readonly window: WindowRow;
  readonly champion: VersionRow;
  readonly counters: readonly CounterRow[];
  /** Labels of later rows have not come as far as they will. */
  readonly matureSeq: number;
}

/** Values of a window, and mature rows, that are looked at: the latest. */
const valuesMax = 5_000;
const agreementRowsMax = 2_000;

/** What the declared proxies say of a window, as known when it closed; null where none is declared. */
export async function judgeProxiesOf(
  db: Db,
  spec: ModelSpec,
  asked: ProxiesAsked,
): Promise<readonly ProxyJudgement[] | null> {
  const declared = spec.watch.proxies ?? [];
  if (declared.length === 0) return null;
  const judged: ProxyJudgement[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one connection for each window that is judged
  for (const proxy of declared) judged.push(await judgeOne(db, spec, proxy, declared.length, asked));
  return judged;
}

/**
 * Kept as it was known then. Windows that several versions answered, that have few values, or that were worse, are no
 * witnesses of how things were.
 */
export async function putProxiesOf(
  tx: Db,
  { window, champion, counters }: ProxiesAsked,
  judged: readonly ProxyJudgement[],
): Promise<void> {
  if (answeredBy(counters).length > 1) return;
  const { model, number: windowNumber } = window;
  const kept = judged.flatMap(({ name, rows, mean, verdict }) =>
    mean === null || verdict === 'worse' ? [] : [{ model, windowNumber, name, version: champion.version, rows, mean }],
  );
  await putWindowProxies(tx, kept);
}

async function judgeOne(
  db: Db,
  spec: ModelSpec,
  proxy: ProxySpec,
  proxies: number,
  { window, champion, counters, matureSeq }: ProxiesAsked,
): Promise<ProxyJudgement> {
  const { model, number, firstSeq, lastSeq } = window;
  const { name } = proxy;
  const known = { firstSeq, lastSeq, throughWindow: number, rowsMax: valuesMax };
  const values = await proxyValues(db, model, name, known);
  const agreement = await agreementOf(db, spec, proxy, { model, matureSeq, throughWindow: number });
  const isAlone = answeredBy(counters).length <= 1;
  const earlierMeans =
    isAlone && values.length >= proxyRowsMin
      ? await earlierProxyMeans(db, model, name, champion.version, number, basisWindowsMax)
      : [];
  const windowRows = await countWindowRows(db, model, known);
  return judgeProxy(proxy, { values, windowRows, earlierMeans, agreement, proxies });
}

async function agreementOf(
  db: Db,
  spec: ModelSpec,
  { name, better }: ProxySpec,
  at: { readonly model: string; readonly matureSeq: number; readonly throughWindow: number },
): Promise<ProxyAgreement> {
  const found = await proxiedRows(db, at.model, name, { ...at, rowsMax: agreementRowsMax });
  const { labels, scoreCount } = taskOf(spec.target.task);
  const classes = classesOf(spec.target);
  const rows = found.flatMap(({ value, scores, label, entity }, row) => {
    const number = labels.numberOf(label, classes);
    if (number === null || scores.length !== scoreCount(classes)) return [];
    return [{ value, loss: decayLoss(spec.target, scores, number), entity: entity ?? `row ${row}` }];
  });
  const groups = spec.entity === null ? null : Uint32Array.from(numberNames(rows.map(({ entity }) => entity)));
  return judgeAgreement(rows, better, groups);
}
