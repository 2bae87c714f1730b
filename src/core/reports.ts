/**
 * Bytes that a terminal sends without anybody pressing a key: answers to questions, focus, the mouse. They belong to
 * the program, but nobody has typed. (xterm ctlseqs: DA, DSR, DECRPM, window reports, focus, mouse tracking.)
 */

const REPORTS = [
  /\x1b\[[?>=]?[\d;]*(?:c|n|R|t|\$y)|\x1b\[\?\d*u/, // DA, DSR, CPR, window size, DECRPM, kitty keyboard flags
  /\x1b\[[IO]/, // focus in and out
  /\x1b\[<[\d;]*[Mm]/, // mouse, SGR
  /\x1b\[M[\s\S]{3}/, // mouse, X10
  /\x1b[P\]_^][^\x07\x1b]*(?:\x07|\x1b\\)/, // DCS, OSC, APC, PM
];
const ALL = new RegExp(REPORTS.map((report) => report.source).join('|'), 'g');

/**
 * True when there is more in `keys` than reports of the terminal.
 * @param keys one character a byte.
 */
export function isTyped(keys: string): boolean {
  // Every report begins with ESC: what does not was typed.
  return (keys !== '' && keys.charCodeAt(0) !== 0x1b) || keys.replace(ALL, '') !== '';
}
