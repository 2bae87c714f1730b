/** `lectern pause`, `resume`, `say`, `mark`, `session set`: what a presenter does about all who watch, from a shell. */
import { LecternError } from '../core/errors.js';
import { withSession } from './client.js';
import type { SessionOption } from './control.js';
import { say as remark } from './output.js';

export async function pause(id: string | undefined): Promise<number> {
  const changed = await withSession(id, (api) => api.pause());
  remark(changed ? '  paused: observers see nothing until lectern resume' : '  it is paused already');
  return 0;
}

export async function resume(id: string | undefined): Promise<number> {
  const changed = await withSession(id, (api) => api.resume());
  remark(changed ? '  observers see the terminal again' : '  it is not paused');
  return 0;
}

export async function say(words: readonly string[], { session }: SessionOption): Promise<number> {
  const text = words.join(' ').trim();
  if (text === '') throw new LecternError('USAGE', 'say what: lectern say TEXT');
  await withSession(session, (api) => api.say(text));
  return 0;
}

export async function mark(words: readonly string[], { session }: SessionOption): Promise<number> {
  const recorded = await withSession(session, (api) => api.mark(words.join(' ')));
  remark(recorded ? '  marked in the recording and the log' : '  marked in the log; nothing is recorded');
  return 0;
}

const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false };

/** @param changes `pointers=true|false` */
export async function set(changes: readonly string[], { session }: SessionOption): Promise<number> {
  for (const change of changes) {
    const [key = '', value = ''] = change.split('=');
    const flag = FLAGS[value];
    if (key !== 'pointers' || flag === undefined) {
      throw new LecternError('USAGE', `"${change}" is no setting of a session; there is: pointers=true|false`);
    }
    await withSession(session, (api) => api.change({ pointers: flag }));
    remark(flag ? '  observers may point' : '  observers no longer point');
  }
  return 0;
}
