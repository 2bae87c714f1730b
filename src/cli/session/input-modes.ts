/** What a program has asked of its terminal's keyboard and mouse, in the numbers by which a controller's terminal is told. */
import type { InputModes } from '../../core/session.js';
import type { Modes } from '../../presenter/emulator.js';

const MOUSE = { none: 0, x10: 9, vt200: 1000, drag: 1002, any: 1003 } as const;
const MOUSE_ENCODING = { default: 0, sgr: 1006, 'sgr-pixels': 1016 } as const;

/** The modes of the emulator as they travel: mouse modes by the numbers of DECSET (xterm ctlseqs, "Mouse Tracking"). */
export function inputModes(modes: Modes): InputModes {
  const { applicationCursor, applicationKeypad, bracketedPaste, focus, kitty, otherKeys } = modes;
  const mouse = MOUSE[modes.mouse];
  return {
    applicationCursor,
    applicationKeypad,
    bracketedPaste,
    focus,
    kitty,
    otherKeys,
    mouse,
    mouseEncoding: MOUSE_ENCODING[modes.mouseEncoding],
  };
}
