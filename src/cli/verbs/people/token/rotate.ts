import { tokenRotated } from '../../../../contracts/http/audit.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const tokenRotateVerb: Verb = {
  name: 'token rotate',
  about: 'Give a token a new secret (admins only).',
  words: ['<id>'],
  flags: [
    {
      name: 'grace',
      kind: 'text',
      value: 'MINUTES',
      about: 'Minutes that the old secret works beside the new one (default 0, at most 10080).',
    },
  ],
  examples: ['perennial token rotate <id> --grace 60'],
  run: rotateToken,
};

async function rotateToken({ config, out, text, words: [id = ''] }: Call): Promise<void> {
  const grace = text('grace') ?? '0';
  if (!/^\d{1,5}(\.\d+)?$/.test(grace))
    throw new PerennialError('invalid_request', '--grace must be a number of minutes.', {
      path: '--grace',
      hint: 'See `perennial token rotate --help`.',
    });
  const stack = await findStack(config);
  const url = `${stack.controlUrl}/v1/tokens/${encodeURIComponent(id)}/rotate`;
  const made = await request(tokenRotated, {
    method: 'POST',
    url,
    token: stack.token,
    body: { graceMinutes: Number(grace) },
  });
  const end = made.graceMinutes === 0 ? 'proves nothing any more' : `works for ${made.graceMinutes} more minute(s)`;
  out.line(
    `Rotated ${made.replaces} into ${made.tokenId} (${made.name}, ${made.role} of ${made.scope}); the old one ` +
      `${end}. The new secret is shown once, now:`,
  );
  out.line(made.secret);
  out.json(made);
}
