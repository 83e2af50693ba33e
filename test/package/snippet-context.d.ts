import type { TokenClient } from 'countersign';

// What the README's examples take from those before them.
declare global {
  const client: TokenClient;
  const token: string;
}
