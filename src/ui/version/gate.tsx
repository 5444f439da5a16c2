import type { VersionPage } from '../../db/pages/version.ts';
import { State } from '../words/state.tsx';

const verdictWords: Readonly<Record<string, string>> = {
  pass: 'passed',
  fail: 'refused',
  insufficient: 'could not decide',
};

/** Each declared check by its verdict and its sentence. */
export function GateChecks({ page }: { readonly page: VersionPage }) {
  const { gate } = page;
  return (
    <section class="panel" id="gate">
      <header>
        <h2>Gate</h2>
        <State of={page.gateVerdict} text={verdictWords[page.gateVerdict] ?? page.gateVerdict} />
      </header>
      {gate === null || gate.checks.length === 0 ? (
        <p class="empty">
          No check is declared for this model, so nothing could fail. Declare `gates` in its definition and apply it.
        </p>
      ) : (
        <ul>
          {gate.checks.map((check) => (
            <li>
              <State of={check.verdict} /> {check.text}
            </li>
          ))}
        </ul>
      )}
      {gate === null ? null : (
        <p class="small dim">
          <a href={`/audit/evidence?id=${gate.evidenceId}`}>Evidence {gate.evidenceId}</a>
        </p>
      )}
    </section>
  );
}
