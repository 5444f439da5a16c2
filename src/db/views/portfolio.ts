import { sql } from 'drizzle-orm';
import {
  portfolioFrom,
  type PlatformCosts,
  type Portfolio,
  type PortfolioSums,
} from '../../domain/record/portfolio.ts';
import type { Db } from '../base/connect.ts';

export interface PortfolioFilter {
  /** Null for every model. */
  readonly models: readonly string[] | null;
  readonly from: Date;
  readonly to: Date;
}

/** Installations are planned for 5,000 models; one answer holds this many, by name. */
export const portfolioModelsMax = 500;

/**
 * Value and cost of each model in a period: windows that closed in it, trainings that began in it. One query over sums:
 * predictions and labels are not read. Models without a window are listed too, with zeros. Law: linear in the windows
 * and trainings of the period, whatever came before it (`offset 0` keeps the planner from reading a table whole).
 */
export async function portfolioOf(db: Db, filter: PortfolioFilter, costs: PlatformCosts): Promise<Portfolio> {
  const from = filter.from.toISOString();
  const to = filter.to.toISOString();
  const wanted = filter.models === null ? sql`true` : sql`m.name = any(${sql.param([...filter.models])}::text[])`;
  const result = await db.execute<Record<keyof PortfolioSums, unknown>>(sql`
    with chosen as (
      select m.name, s.spec->'about'->>'owner' as owner, s.spec->'about'->>'useCase' as use_case,
      s.spec->'value'->>'currency' as currency
      from model m join spec_revision s on s.model = m.name and s.revision = m.spec_revision
      where ${wanted} order by m.name limit ${portfolioModelsMax + 1}
    ),
    measured as (
      select w.model, count(*)::int as windows, sum(w.rows)::float8 as predictions,
        coalesce(sum(q.rows) filter (where q.realised is not null), 0)::float8 as measured_rows,
        coalesce(sum(q.labelled_rows) filter (where q.realised is not null), 0)::float8 as labelled_rows,
        sum((q.realised->>'value')::float8 * q.labelled_rows) as value, max(q.first_version) as first_version,
        coalesce(sum(q.compared_rows) filter (where q.first_value is not null), 0)::float8 as compared_rows,
        sum(q.value - q.first_value) as difference, coalesce(sum(q.difference_variance), 0) as difference_variance
      from chosen c
      cross join lateral (
        select * from "window" where model = c.name and closed_at >= ${from} and closed_at < ${to} offset 0
      ) w
      left join lateral (
        select * from window_quality where model = w.model and window_number = w.number offset 0
      ) q on true
      group by w.model
    ),
    trained as (
      select r.model, count(*) filter (where r.kind = 'train')::int as trainings,
        sum(extract(epoch from coalesce(r.ended_at, least(now(), ${to}::timestamptz)) - r.started_at) *
        1000)::float8 as ms
      from run r where r.kind in ('train', 'ingest') and r.started_at >= ${from} and r.started_at < ${to} and
      r.model in (select name from chosen)
      group by r.model
    ),
    crowned as (
      select c.name as model, first.since from chosen c cross join lateral (
        select a.moved_at as since from alias_move a
        where a.model = c.name and a.alias = 'champion' and a.to_version is not null order by a.moved_at limit 1
      ) first
    )
    select c.name as model, coalesce(c.owner, '') as owner, coalesce(c.use_case, '') as "useCase", c.currency,
      coalesce(q.windows, 0) as windows, coalesce(q.predictions, 0) as predictions, coalesce(q.measured_rows, 0) as
      "measuredRows",
      coalesce(q.labelled_rows, 0) as "labelledRows", q.value, q.first_version as "firstVersion",
      coalesce(q.compared_rows, 0) as "comparedRows",
      q.difference, coalesce(q.difference_variance, 0) as "differenceVariance", coalesce(t.trainings, 0) as
      trainings, coalesce(t.ms, 0) as "trainingMs",
      coalesce(greatest(0, extract(epoch from least(now(), ${to}::timestamptz) - greatest(k.since,
      ${from}::timestamptz)) * 1000), 0)::float8 as "servedMs"
    from chosen c left join measured q on q.model = c.name left join trained t on t.model = c.name left join crowned
    k on k.model = c.name
    order by c.name`);
  const isCut = result.rows.length > portfolioModelsMax;
  return portfolioFrom(result.rows.slice(0, portfolioModelsMax).map(typed), filter, costs, isCut);
}

function typed(row: Record<keyof PortfolioSums, unknown>): PortfolioSums {
  const number = (value: unknown): number => Number(value ?? 0);
  const known = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));
  return {
    model: String(row.model),
    owner: String(row.owner),
    useCase: String(row.useCase),
    currency: row.currency === null || row.currency === undefined ? null : String(row.currency),
    windows: number(row.windows),
    predictions: number(row.predictions),
    measuredRows: number(row.measuredRows),
    labelledRows: number(row.labelledRows),
    value: known(row.value),
    firstVersion: known(row.firstVersion),
    comparedRows: number(row.comparedRows),
    difference: known(row.difference),
    differenceVariance: number(row.differenceVariance),
    trainings: number(row.trainings),
    trainingMs: number(row.trainingMs),
    servedMs: number(row.servedMs),
  };
}
