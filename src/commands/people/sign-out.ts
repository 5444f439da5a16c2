import type { Principal } from '../../access/principal.ts';
import { hashSecret } from '../../access/secret.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Database } from '../../db/base/connect.ts';
import { endSession } from '../../db/people/sessions.ts';

/** Ends the session of this cookie; a second time changes nothing. */
export async function signOut(database: Database, principal: Principal, secret: string): Promise<void> {
  await withTransaction(database, async (tx) => {
    if (!(await endSession(tx, hashSecret(secret)))) return;
    const { tokenId, name } = principal;
    await appendAudit(tx, {
      type: 'perennial.session.ended',
      model: null,
      subject: { of: 'token', id: tokenId },
      actor: name,
      tokenId,
      reason: 'signed out',
    });
  });
}
