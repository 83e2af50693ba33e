import type { HealthResponse } from '../contract/generated/types.ts';
import type { OpenOperation } from './exchange.ts';

const healthy: HealthResponse = { status: 'ok' };

/** `GET /health`: the process serves. Cloud Run keeps paths that end in z to itself, hence the name. */
export const getHealth: OpenOperation = async () => ({ status: 200, body: healthy });
