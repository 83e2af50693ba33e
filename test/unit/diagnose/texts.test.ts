import { expect, test } from 'vitest';
import { diagnose } from '../../../sdk/src/diagnose/diagnose.ts';
import { faults } from '../../support/corpus/faults.ts';
import { goodSpecimen, renderToken } from '../../support/corpus/specimen.ts';

test.each(faults)('says in both languages what is wrong with $name', async (fault) => {
  const specimen = goodSpecimen();
  fault.apply(specimen);
  const { findings } = await diagnose(renderToken(specimen), specimen.expectations);
  for (const { cause, remedy } of findings) {
    for (const text of [cause.en, remedy.en]) expect(text).toMatch(/^[\x20-\x7e…≤≥×]+[.:)\w]$/);
    for (const text of [cause.ja, remedy.ja]) expect(text).toMatch(/[ぁ-んァ-ヶ一-龠]/);
    expect(JSON.stringify({ cause, remedy })).not.toMatch(/\{\w+\}/);
  }
});
