import type { AuditShown } from '../../commands/pages/audit.ts';
import type { AuditVerified } from '../../contracts/http/audit.ts';
import { number } from '../words/format.ts';
import { State } from '../words/state.tsx';

/** Whether the record is as it was written. */
export function VerifyBox({
  shown,
  verified,
}: {
  readonly shown: AuditShown;
  readonly verified: AuditVerified | null;
}) {
  return (
    <section class="panel" id="verify">
      <h2>Is it whole?</h2>
      <p class="dim small">
        Each row holds the hash of the one before it: one changed byte breaks the chain from there on. Note the head
        elsewhere, and a record cut or written anew is found too.
      </p>
      {verified === null ? null : <Verdict verified={verified} />}
      {shown.canVerify ? (
        <p>
          <a class="button quiet" href="/audit?verify=1">
            Check the chain
          </a>
        </p>
      ) : (
        <p class="small dim">An admin for all models may check the chain, here or with `perennial audit verify`.</p>
      )}
    </section>
  );
}

function Verdict({ verified }: { readonly verified: AuditVerified }) {
  return (
    <>
      <p role="status">
        <State of={verified.intact ? 'pass' : 'fail'} text={verified.intact ? 'whole' : 'broken'} />{' '}
        {verified.wrong === null ? (
          <>
            {number(verified.checked)} rows checked{verified.isComplete ? '' : ' so far'}; head{' '}
            <code>{verified.head.slice(0, 28)}</code>
          </>
        ) : (
          <>
            row {verified.wrong.seq}: {verified.wrong.why}
          </>
        )}
      </p>
      {verified.isComplete ? null : (
        <p>
          <a class="button quiet" href={`/audit?verify=1&after=${encodeURIComponent(verified.head)}`}>
            Go on checking
          </a>
        </p>
      )}
    </>
  );
}
