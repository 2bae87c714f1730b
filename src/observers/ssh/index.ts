/** The SSH door: what the rest of lectern, and users of `lectern/ssh`, may name. */

export { type Admit, type Attempt, JOIN_USER, MAX_TOKEN, REFUSAL_DELAY_MS, type Verdict } from './auth.js';
export { DEFAULT_LIMITS, type Limits } from './limits.js';
export { type SshDoor, type SshServer, serveSsh } from './server.js';
export type { VerifiedKey } from './signature.js';
export type { Parting, Visitor } from './visitor.js';
