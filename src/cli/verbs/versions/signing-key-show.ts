import { signingKeyView } from '../../../contracts/http/versions/export.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import type { Verb } from '../../line/verb.ts';

export const signingKeyShowVerb: Verb = {
  name: 'signing-key show',
  about: 'Print the public key that verifies exports; its private half never leaves the control process.',
  words: [],
  flags: [],
  examples: ['perennial signing-key show > signing-key.pub'],
  async run({ config, out }) {
    const { controlUrl, token } = await findStack(config);
    const key = await request(signingKeyView, { method: 'GET', url: `${controlUrl}/v1/signing-key`, token });
    out.document(key.publicKey);
    out.json(key);
  },
};
