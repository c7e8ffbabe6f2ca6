import { VERIFIERS_REFRESH } from './keyLifecycle';
import { termsFor } from './keySetTerms';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('termsFor', () => {
  it('plugins of this backend refuses a withdrawn key within a minute, and lasts three hours without them', () => {
    const terms = termsFor(undefined);
    expect(terms).toEqual({
      refreshAfter: MINUTE / 2,
      staleAfter: MINUTE,
      keepThroughOutage: 3 * HOUR,
    });
    expect(terms.staleAfter).toBeLessThanOrEqual(VERIFIERS_REFRESH);
  });

  it('a third party asks it ten times less often, and lasts a day without it', () => {
    const thirdParty = { algorithms: ['ES256'] as const };
    expect(termsFor(thirdParty)).toEqual({
      refreshAfter: 5 * MINUTE,
      staleAfter: 10 * MINUTE,
      keepThroughOutage: 24 * HOUR,
      thirdParty,
    });
  });
});
