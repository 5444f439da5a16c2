import { tokenRevoked } from '../../../../contracts/http/answers.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const tokenRevokeVerb: Verb = {
  name: 'token revoke',
  about: 'End a token at once (admins only).',
  words: ['<id>'],
  flags: [{ name: 'force', kind: 'switch', about: 'Also the last admin token for all models.' }],
  examples: ['perennial token revoke <id>'],
  run: revokeToken,
};

async function revokeToken({ config, out, isSet, words: [id = ''] }: Call): Promise<void> {
  const stack = await findStack(config);
  const url = `${stack.controlUrl}/v1/tokens/${encodeURIComponent(id)}${isSet('force') ? '?force=true' : ''}`;
  const revoked = await request(tokenRevoked, { method: 'DELETE', url, token: stack.token });
  out.line(`Revoked ${revoked.tokenId}.`);
  out.json(revoked);
}
