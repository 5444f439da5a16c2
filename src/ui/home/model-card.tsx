import type { HomeCard } from '../../commands/pages/home.ts';
import { sayCount } from '../../domain/words/say.ts';
import { cut } from '../../domain/words/cut.ts';
import { TrafficBar } from '../charts/bars.tsx';
import { Sparkline } from '../charts/sparkline.tsx';
import { ago, coverage, duration, modelPath, number, versionPath } from '../words/format.ts';
import { metricName, metricText, pooledQuality } from '../words/quality.ts';
import { stageWord, trafficParts } from '../words/stage.ts';
import { Wants } from './wants.tsx';

const useCaseCharsMax = 120;

/** One model at a glance: what it predicts, who answers, how good that is, what it wants. */
export function ModelCard({ card }: { readonly card: HomeCard }) {
  const { attention } = card;
  const kind = attention.level >= 40 ? 'attention bad' : attention.level > 0 ? 'attention' : '';
  const stage = stageWord(card.entry, card.rollout?.status ?? null);
  return (
    <article class={`panel card ${kind}`} aria-labelledby={`card-${card.name}`}>
      <div class="row spread">
        <h2 id={`card-${card.name}`}>
          <a href={modelPath(card.name)}>{card.name}</a>
        </h2>
        <span class={`state ${stage.kind}`}>{stage.word}</span>
      </div>
      <p class="small">
        Predicts <b>{card.target}</b>
        {card.useCase === '' ? null : <span class="dim">: {cut(card.useCase, useCaseCharsMax)}</span>}
      </p>
      <p class="small dim">
        {card.owner === '' ? 'no owner' : `owner ${card.owner}`}
        {card.tags.map((tag) => (
          <>
            {' '}
            <span class="tag">{tag}</span>
          </>
        ))}
      </p>
      {attention.reasons.length === 0 ? null : <Wants card={card} />}
      <TrafficBar parts={trafficParts(card.entry)} />
      <Facts card={card} />
      <Quality card={card} />
      <Drift card={card} />
    </article>
  );
}

function Facts({ card }: { readonly card: HomeCard }) {
  return (
    <dl class="facts">
      <div>
        <dt>Champion</dt>
        <dd>
          <Champion card={card} />
        </dd>
      </div>
      <div>
        <dt>Traffic</dt>
        <dd>
          {sayCount(card.predictions)} predictions
          <br />
          <small class="dim">
            {card.lastWindow === null
              ? 'no window closed yet'
              : `${rateOf(card.lastWindow)} in window ${card.lastWindow.number}`}
          </small>
        </dd>
      </div>
    </dl>
  );
}

function Champion({ card }: { readonly card: HomeCard }) {
  const version = card.entry?.champion?.version;
  if (version === undefined) return <>none yet</>;
  return (
    <>
      <a href={versionPath(card.name, version)}>v{version}</a>
      <br />
      <small class="dim">{card.championSince === null ? '' : `for ${ago(card.championSince)}`}</small>
    </>
  );
}

function Quality({ card }: { readonly card: HomeCard }) {
  const quality = pooledQuality(card.details.quality, card.metric);
  return (
    <dl>
      <dt class="small dim">Quality on labels that have come</dt>
      {quality === null ? (
        <dd class="small">nothing measured yet: labels of a closed window are needed</dd>
      ) : (
        <dd>
          <b>
            {metricName(quality.metric)} {metricText(quality.metric, quality.mean, card.currency)}
          </b>
          <br />
          <small class="dim">
            {quality.fromWindow === quality.toWindow
              ? `window ${quality.toWindow}`
              : `mean of windows ${quality.fromWindow}–${quality.toWindow}`}
            , {coverage(quality.labelledRows, quality.rows)}
          </small>
        </dd>
      )}
    </dl>
  );
}

function Drift({ card }: { readonly card: HomeCard }) {
  const { drift } = card.details;
  const first = drift[0];
  const last = drift.at(-1);
  const label =
    first === undefined || last === undefined ? 'Drift' : `Largest drift per window, ${first.window} to ${last.window}`;
  return (
    <div>
      <span class="small dim">
        {label}; limit {number(card.driftLimit)} (standard deviations)
      </span>
      <Sparkline label={label} values={drift.map((point) => point.distance)} threshold={card.driftLimit} />
    </div>
  );
}

/** Rows per time of the last closed window, in the unit that reads best. */
function rateOf(window: NonNullable<HomeCard['lastWindow']>): string {
  const ms = window.closedAt.getTime() - window.openedAt.getTime();
  if (ms <= 0) return `${sayCount(window.rows)} rows`;
  const perSecond = (window.rows / ms) * 1_000;
  if (perSecond >= 1) return `${number(perSecond)} rows/s`;
  if (perSecond * 60 >= 1) return `${number(perSecond * 60)} rows/min`;
  return `${sayCount(window.rows)} rows in ${duration(ms)}`;
}
