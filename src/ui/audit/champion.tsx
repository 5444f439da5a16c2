import type { ChampionThen } from '../../commands/pages/audit.ts';
import { cut } from '../../domain/words/cut.ts';
import type { PageCall } from '../frame/page-call.ts';
import { modelPath, time, versionPath } from '../words/format.ts';

const textCharsMax = 400;

/** The question about one model at one instant, and its answer. */
export function ChampionBox({ call, found }: { readonly call: PageCall; readonly found: ChampionThen | null }) {
  return (
    <section class="panel" id="champion">
      <h2>Who was champion?</h2>
      <form class="filters" method="get" action="/audit">
        <label>
          Model
          <input name="champion" required value={call.query('champion') ?? ''} autocomplete="off" />
        </label>
        <label>
          At (UTC)
          <input name="at" type="datetime-local" value={call.query('at')?.slice(0, 16) ?? ''} />
        </label>
        <button type="submit" class="quiet">
          Ask
        </button>
      </form>
      {found === null ? null : <Answer found={found} />}
    </section>
  );
}

function Answer({ found }: { readonly found: ChampionThen }) {
  const then = found.view.champion;
  const model = <a href={modelPath(found.view.model)}>{found.view.model}</a>;
  if (then === null || then.version === null) {
    return (
      <p role="status">
        On {time(found.view.at)} {model} had no champion.
        {then === null ? '' : ` The last had been taken out by ${then.actor}: ${then.why}`}
      </p>
    );
  }
  return (
    <div role="status">
      <p>
        On {time(found.view.at)} the champion of {model} was{' '}
        <a href={versionPath(found.view.model, then.version)}>v{then.version}</a>, since {time(then.since)}, by{' '}
        {then.actor}: {then.why}
      </p>
      <Grounds evidence={found.evidence} />
    </div>
  );
}

function Grounds({ evidence }: Pick<ChampionThen, 'evidence'>) {
  if (evidence === null) {
    return (
      <p class="small dim">No measurement stands behind that move: a person decided, or nothing answered before.</p>
    );
  }
  return (
    <p class="small">
      <a href={`/audit/evidence?id=${evidence.evidenceId}`}>Evidence {evidence.evidenceId}</a> ({evidence.kind},{' '}
      {evidence.verdict}): {cut(String(evidence.body['text'] ?? ''), textCharsMax)}
    </p>
  );
}
