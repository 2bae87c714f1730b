/** Runs something against a running session and hangs up afterwards. */
import { connectSession, type SessionClient } from '../ops/session-client.js';

/** Connects to session `id` (or the one that is meant without), uses it, closes it. */
export async function withSession<T>(id: string | undefined, use: (session: SessionClient) => Promise<T>): Promise<T> {
  const session = await connectSession(process.env, id);
  try {
    return await use(session);
  } finally {
    session.close();
  }
}
