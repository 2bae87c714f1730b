/** Sequences that make terminals do, keep or answer something. Observers must get none of them. */
const ESC = '\x1b';

export const EVIL: readonly (readonly [what: string, bytes: string])[] = [
  ['the clipboard set and asked for', `${ESC}]52;c;cm0gLXJm\x07${ESC}]52;c;?\x07`],
  ['a title with a sequence in it', `${ESC}]2;x${ESC}[2J\x07${ESC}]0;a\u009b31mb\u202ec\x07`],
  ['a link', `${ESC}]8;;file:///etc/passwd\x07click${ESC}]8;;\x07`],
  ['a notification', `${ESC}]9;hello\x07${ESC}]777;notify;a;b\x07`],
  ['a file for iTerm', `${ESC}]1337;SetUserVar=x=eA==\x07${ESC}]1337;File=name=eA==;size=3:YWJj\x07`],
  ['questions for colours', `${ESC}]4;1;?\x07${ESC}]10;?\x07${ESC}]11;?\x07${ESC}]12;?\x07${ESC}]104\x07`],
  ['questions for the cursor and the device', `${ESC}[5n${ESC}[6n${ESC}[?6n${ESC}[c${ESC}[>c${ESC}[=c${ESC}Z\x05`],
  ['questions for modes and settings', `${ESC}[?2026$p${ESC}[4$p${ESC}P$qm${ESC}\\${ESC}P+q544e${ESC}\\${ESC}[>q`],
  ['questions for the window', `${ESC}[11t${ESC}[13t${ESC}[14t${ESC}[18t${ESC}[19t${ESC}[20t${ESC}[21t`],
  ['orders to the window', `${ESC}[3;0;0t${ESC}[4;100;100t${ESC}[8;10;10t${ESC}[9;1t${ESC}[2t${ESC}[5t`],
  ['printing', `${ESC}[5i${ESC}[4i${ESC}[?5i`],
  ['the answer of ENQ', '\x05\x05\x05'],
  ['keys defined anew', `${ESC}P1;1|17/6c73${ESC}\\`],
  ['a checksum of the screen', `${ESC}[1;1;1;1;24;80*y`],
  ['lights, and margins to the left and right', `${ESC}[1q${ESC}[?69h${ESC}[5;20s${ESC}[?69l`],
  ['keyboards of kitty and xterm', `${ESC}[>1u${ESC}[=31;1u${ESC}[?u${ESC}[>4;2m${ESC}[<u`],
  ['a picture for kitty', `${ESC}_Gi=1,a=q,s=1,v=1;AAAA${ESC}\\`],
  ['sixel', `${ESC}P0;0;0q"1;1;2;2#0;2;0;0;0~~${ESC}\\`],
  ['words for tmux and screen', `${ESC}Ptmux;${ESC}${ESC}]52;c;eA==\x07${ESC}\\${ESC}k name${ESC}\\`],
  ['Tektronix mode and VT52', `${ESC}[?38h${ESC}[?2l${ESC}A${ESC}Y  ${ESC}<`],
  ['132 columns', `${ESC}[?40h${ESC}[?3h${ESC}[?3l`],
  ['a reversed screen, and one that is locked', `${ESC}[?5h${ESC}[2h${ESC}[12l${ESC}c`],
  ['the working directory', `${ESC}]7;file://host/etc\x07${ESC}]133;A\x07${ESC}]633;A\x07`],
];
