/**
 * What users of `lectern` may name. `present` is the command line's own; the rest is that of `lectern/core`. Ways to
 * watch have exports of their own, so that using one does not load the others: `lectern/ssh`, `lectern/recording`.
 */

export { present } from './cli/present.js';
export type { PresentOptions } from './cli/present-options.js';
export type { Cursor, Screen, Size } from './core/cells.js';
export { LecternError } from './core/errors.js';
export type { LoggedEvent, Participant, SessionEvent } from './core/events.js';
export { BLANK, Frame, Patch } from './core/frame.js';
export { paint } from './core/paint.js';
export { BUILT_IN_RULES } from './core/redact/builtin.js';
export { Redactor } from './core/redact/redactor.js';
export type { Rule } from './core/redact/rule.js';
export { Room, type Viewer } from './core/room.js';
export { View } from './core/view.js';
