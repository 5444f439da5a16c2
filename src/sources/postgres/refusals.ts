import { cut } from '../../domain/words/cut.ts';
import { isPerennialError, PerennialError, type ErrorCode } from '../../domain/words/errors.ts';

/** What failures of one source are called; its secret by name alone. */
export interface Named {
  readonly secret: string;
  readonly timeoutMs: number;
}

const messageCharsMax = 200;

const correctSecret = 'Correct what stands under that name, and start the worker again if it is a variable.';

export function refusedSecret(secret: string, reason: string, hint: string = correctSecret): PerennialError {
  return new PerennialError('invalid_data', `The secret "${secret}" ${reason}.`, { path: 'source.secret', hint });
}

export function refusedQuery(reason: string, hint: string): PerennialError {
  return new PerennialError('invalid_data', `The query of the source ${reason}.`, { path: 'source.query', hint });
}

export function refusedCursor(member: string, reason: string, hint: string): PerennialError {
  return new PerennialError('invalid_data', reason, { path: `source.cursor.${member}`, hint });
}

/** Of our own disk: no fault of the source. A connection may fail with the same codes, and names its address. */
const diskCalls = new Set(['open', 'write', 'close', 'fsync', 'mkdir', 'unlink']);

/**
 * A failure as a person should read it. Neither the URL, nor its parts, nor a cell of a row is in it: of what the
 * server said only messages about the query itself (class 42) are shown. The cause is left out: it would be logged.
 */
export function refused(error: unknown, named: Named): unknown {
  if (isPerennialError(error)) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const said = error instanceof Error ? error.message : '';
  if (error instanceof Error && 'syscall' in error && diskCalls.has(String(error.syscall))) return error;
  const row = rows.find(({ of }) => of.test(code)) ?? rowOfWords(said);
  if (row === undefined) return away(named, code === '' ? 'broke off' : `failed (${code})`);
  return row.say(named, { code, said: cut(said.replaceAll(/\s+/g, ' '), messageCharsMax) });
}

interface Row {
  /** Of the SQLSTATE, or of the code of Node. */
  readonly of: RegExp;
  readonly say: (named: Named, found: { readonly code: string; readonly said: string }) => PerennialError;
}

const rows: readonly Row[] = [
  {
    of: /^28/,
    say: ({ secret }) =>
      refusedSecret(secret, 'is not let in by its server', 'Correct user and password, or what the server lets in.'),
  },
  { of: /^3D000$/, say: ({ secret }) => refusedSecret(secret, 'names a database that its server does not have') },
  {
    of: /^42501$/,
    say: (_, { said }) =>
      refusedQuery(`is not permitted by its server: ${said}`, 'Grant SELECT on it to the login of the secret.'),
  },
  {
    of: /^42/,
    say: (_, { said }) =>
      refusedQuery(`is refused by its server: ${said}`, 'Correct it; it is one SELECT, no semicolon.'),
  },
  {
    of: /^(25(?!P03)|0A000)/,
    say: (_, { said }) => refusedQuery(`does more than read: ${said}`, 'Leave in it what only reads.'),
  },
  {
    of: /^57014$/,
    say: ({ timeoutMs }) =>
      new PerennialError('timeout', `The query of the source took longer than ${timeoutMs / 1_000} s.`, {
        path: 'source.timeoutMs',
        hint: 'Put an index on the two columns of the cursor, or declare a larger timeoutMs.',
      }),
  },
  { of: /^55P03$/, say: (named) => away(named, 'holds locks on what the query reads') },
  {
    of: /^2[12]/,
    say: (_, { code }) => refusedQuery(`fails on a row (SQLSTATE ${code})`, 'Run it yourself; cast what does not fit.'),
  },
  {
    of: /^(.*CERT.*|.*TLS.*|UNABLE_TO_.*|ERR_SSL.*|EPROTO)$/,
    say: ({ secret }, { code }) =>
      refusedSecret(
        secret,
        `leads to a server whose certificate is not trusted (${code})`,
        'Name its authority in NODE_EXTRA_CA_CERTS of the worker, or say sslmode=require in the URL.',
      ),
  },
  { of: /^ECONNREFUSED$/, say: (named) => away(named, 'refuses connections') },
  { of: /^(EHOST|ENET|ETIMEDOUT|EAI_AGAIN|EACCES|EPERM)/, say: (named) => away(named, 'cannot be reached') },
  { of: /^(08|25P03|57P|53|40|ECONN|EPIPE)/, say: (named) => away(named, 'ended the connection') },
];

/** pg gives some failures no code. */
function rowOfWords(said: string): Row | undefined {
  if (/timeout expired|Query read timeout/i.test(said))
    return { of: /^/, say: (named) => away(named, 'did not answer in time') };
  if (/does not support SSL|establishing an SSL/i.test(said))
    return {
      of: /^/,
      say: ({ secret }) =>
        refusedSecret(secret, 'asks for TLS, which its server does not speak', 'Say sslmode=disable.'),
    };
  return /terminated|Connection ended|not queryable|aborted|premature close/i.test(said)
    ? { of: /^/, say: (named) => away(named, 'ended the connection') }
    : undefined;
}

function away({ secret }: Named, what: string, code: ErrorCode = 'unavailable'): PerennialError {
  return new PerennialError(code, `The server behind the secret "${secret}" ${what}.`, {
    path: 'source.secret',
    hint: 'It is tried again; look at the server if it lasts.',
  });
}
