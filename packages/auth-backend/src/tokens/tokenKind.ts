import { tokenTypes } from '@stagepass/auth-node';
import type { MeasuredTokenKind } from '@stagepass/auth-node/internal';
import type { UnverifiedJws } from './parseCompact';

/** Returns of which kind a token says to be, for the metrics: whatever it says, one of few. */
export function tokenKindOf(jws: UnverifiedJws | undefined): MeasuredTokenKind {
  switch (jws?.header.typ) {
    case tokenTypes.plugin.typParam:
      return 'plugin';
    case tokenTypes.user.typParam:
      return 'user';
    case tokenTypes.limitedUser.typParam:
      return 'limited-user';
    default:
      return 'other';
  }
}
