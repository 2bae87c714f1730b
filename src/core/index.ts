/**
 * What users of `lectern/core` may name: screens, the wall, frames, and how they are shown. Pure: it runs wherever
 * JavaScript does, and loads nothing but re2js.
 */

export {
  blankRow,
  type Cursor,
  type CursorShape,
  clampSize,
  MAX_COLS,
  MAX_ROWS,
  Row,
  type Screen,
  type Size,
} from './cells.js';
export { Control, type ControlOptions } from './control.js';
export { type ErrorCode, EXIT, type Farewell, LecternError, type Refusal, WORDS } from './errors.js';
export type { ControlMode, LoggedEvent, Participant, Role, SessionEvent } from './events.js';
export { BLANK, Frame, Patch } from './frame.js';
export { Lease, type LeaseClaims } from './lease.js';
export { MAX_INTERVAL_MS, MIN_INTERVAL_MS, Pace } from './pace.js';
export { CLOSE, OPEN, paint } from './paint.js';
export { printable } from './printable.js';
export { BUILT_IN_RULES } from './redact/builtin.js';
export { MASK, type Span } from './redact/masks.js';
export { type Redaction, Redactor } from './redact/redactor.js';
export { check, type Finding } from './redact/report.js';
export type { Allowlist, AllowTarget, Rule } from './redact/rule.js';
export { MIN_VALUE_LENGTH, type SecretValue } from './redact/values.js';
export { Room, type Viewer } from './room.js';
export { View } from './view.js';
export type { Viewport } from './viewport.js';
