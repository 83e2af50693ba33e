import { expect, test } from 'vitest';
import problems from '../../../functions/contract/problems.json' with { type: 'json' };
import { englishRemedies } from '../../../sdk/src/cli/english-remedies.ts';

/** Worded for a message where the contract speaks of the `detail` of a problem document. */
const ownWords = ['signer_permission_missing', 'signer_api_disabled', 'signer_rejected'];

test.each(Object.entries(problems).filter(([code]) => !ownWords.includes(code)))(
  'says of %s what the contract says',
  (code, { remedy }) => {
    expect(englishRemedies).toHaveProperty(code, remedy);
  },
);
