import { deployToFolder } from '../support/deployed-folder.ts';
import { openLoad } from './load.ts';
import { RawConnection, rawPost } from './raw-connection.ts';
import { takeTurns } from './rounds.ts';
import { compare, type Row } from './row.ts';
import { setStage, startFunction } from './stage.ts';

const milliseconds = 1_000;
const body = JSON.stringify({ claims: { aud: 'https://reports.example.com' } });
const variants = 'test/bench/functions/index.ts';

/** Requests a second of the deployed function, its token reused and signed anew, 64 at once. */
export async function rows(): Promise<Row[]> {
  const stage = await setStage(0);
  const authorization = { authorization: `Bearer ${stage.idToken}` };
  const reused = rawPost('/v1/tokens', authorization, body);
  const anew = rawPost('/v1/tokens', { ...authorization, 'cache-control': 'no-cache' }, body);
  const ours = await startFunction({ folder: deployToFolder(), target: 'countersign' }, stage.env);
  // An answer of as many bytes as ours, and the framework's own parsing, which reads what is announced as JSON.
  const answer = await (await RawConnection.open(ours.port)).call(reused);
  const echo = await startFunction(
    { source: variants, target: 'echo' },
    { ...stage.env, BENCH_ANSWER: answer },
  );
  const unsigned = await startFunction({ source: variants, target: 'unsigned' }, stage.env);
  const google = await startFunction({ source: variants, target: 'signedByGoogleAuth' }, stage.env);
  const loads = {
    reused: await openLoad(ours.port, reused),
    echo: await openLoad(echo.port, reused),
    anew: await openLoad(ours.port, anew),
    unsigned: await openLoad(unsigned.port, anew),
    google: await openLoad(google.port, anew),
  };
  const rates = await takeTurns({
    reused: () => loads.reused.perSecond(milliseconds),
    echo: () => loads.echo.perSecond(milliseconds),
    anew: () => loads.anew.perSecond(milliseconds),
    unsigned: () => loads.unsigned.perSecond(milliseconds),
    google: () => loads.google.perSecond(milliseconds),
  });
  for (const load of Object.values(loads)) load.close();
  await Promise.all([ours, echo, unsigned, google, stage].map((each) => each.stop()));
  const unit = '/s';
  const signed = 'function, signed anew, IAM at 0 ms: throughput';
  return [
    compare(
      'function, warm, token reused, audit line to a pipe: throughput',
      'functions-framework echo of equal request and answer bytes, checked by ajv',
      rates.reused,
      rates.echo,
      { unit, goal: ['at least', 0.7] },
    ),
    compare(signed, 'the same handler without signing', rates.anew, rates.unsigned, {
      unit,
      goal: ['at least', 0.4],
    }),
    compare(
      signed,
      'a functions-framework handler that checks by ajv and signs through google-auth-library `request`',
      rates.anew,
      rates.google,
      {
        unit,
        goal: ['at least', 4],
      },
    ),
  ];
}
