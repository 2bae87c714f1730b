/**
 * A small shell process that puts the terminal right when lectern is killed and cannot do it itself (SIGKILL, out of
 * memory). It waits for the end of a pipe and does nothing else.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { undo } from './undo.js';

/**
 * $1: the saved settings, $2 and $3: what undoes the normal and the alternate screen. Each line says which one is on;
 * `bye` says that all is well. A shell with job control takes the terminal back at once and restores the settings
 * itself: they are left alone when another process group is in the foreground. Fields are counted after the name in
 * /proc/PID/stat; where there is no such file, ps tells. A shell may take the terminal back between that look and
 * stty's setting: stty alone does not ignore SIGTTOU, so that the kernel refuses it from the background (termios(3);
 * EIO, for whoever killed lectern left its process group an orphan).
 */
const SCRIPT = `
trap '' INT QUIT HUP TERM TSTP TTOU TTIN
undo=$2
while read -r word; do
  case $word in
    bye) exit 0 ;;
    alternate) undo=$3 ;;
    normal) undo=$2 ;;
  esac
done
printf %s "$undo" >&4
if read -r stat < /proc/$$/stat 2> /dev/null; then
  set -- "$1" \${stat##*) }
  group=$4 front=$7
else
  set -- "$1" $(ps -o pgid= -o tpgid= -p $$)
  group=$2 front=$3
fi
[ "$group" = "$front" ] && (trap - TTOU && exec stty "$1" <&4)
`;

/** Runs beside the terminal that it guards. */
export class Guard {
  readonly #child: ChildProcess;

  /**
   * @param fd the terminal, open for reading and writing
   * @param saved what `stty -g` said
   */
  constructor(fd: number, saved: string) {
    const normal = undo({ alternate: false });
    const alternate = undo({ alternate: true });
    this.#child = spawn('/bin/sh', ['-c', SCRIPT, 'lectern-guard', saved, normal, alternate], {
      stdio: ['pipe', 'ignore', 'ignore', 'ignore', fd],
      env: { PATH: process.env['PATH'] },
    });
    // Without a shell there is no guard, and nothing else is lost.
    this.#child.on('error', () => {});
    this.#child.stdin!.on('error', () => {});
    this.#child.unref();
    (this.#child.stdin as unknown as { unref(): void }).unref();
  }

  /** Which screen the program is on. */
  alternate(on: boolean): void {
    this.#say(on ? 'alternate' : 'normal');
  }

  /** All is well: the terminal was restored. */
  dismiss(): void {
    this.#say('bye');
    this.#child.stdin?.end();
  }

  #say(word: string): void {
    this.#child.stdin?.write(`${word}\n`);
  }
}
