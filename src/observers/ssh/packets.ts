/** The messages that the door reads and writes: numbers of RFC 4250 section 4.1, and the payloads that we send. */

import { compose } from './wire.js';

export const MSG = {
  DISCONNECT: 1,
  IGNORE: 2,
  UNIMPLEMENTED: 3,
  DEBUG: 4,
  SERVICE_REQUEST: 5,
  SERVICE_ACCEPT: 6,
  EXT_INFO: 7,
  KEXINIT: 20,
  USERAUTH_REQUEST: 50,
  USERAUTH_FAILURE: 51,
  USERAUTH_SUCCESS: 52,
  USERAUTH_BANNER: 53,
  USERAUTH_PK_OK: 60,
  USERAUTH_INFO_REQUEST: 60,
  USERAUTH_INFO_RESPONSE: 61,
  GLOBAL_REQUEST: 80,
  REQUEST_SUCCESS: 81,
  REQUEST_FAILURE: 82,
  CHANNEL_OPEN: 90,
  CHANNEL_OPEN_CONFIRMATION: 91,
  CHANNEL_OPEN_FAILURE: 92,
  CHANNEL_WINDOW_ADJUST: 93,
  CHANNEL_DATA: 94,
  CHANNEL_EXTENDED_DATA: 95,
  CHANNEL_EOF: 96,
  CHANNEL_CLOSE: 97,
  CHANNEL_REQUEST: 98,
  CHANNEL_SUCCESS: 99,
  CHANNEL_FAILURE: 100,
} as const;

/** RFC 4253 section 11.1. OpenSSH and PuTTY show the number beside our sentence. */
export const DISCONNECT_REASON = { PROTOCOL_ERROR: 2, BY_APPLICATION: 11, NO_MORE_AUTH_METHODS: 14 } as const;

/** RFC 4254 section 5.1. */
export const OPEN_FAILURE = { PROHIBITED: 1, SHORTAGE: 4 } as const;

/** RFC 4254 section 5.2: SSH_EXTENDED_DATA_STDERR. */
export const STDERR = 1;

const NO_LANGUAGE = '';

export const disconnect = (reason: number, sentence: string): Buffer =>
  compose(MSG.DISCONNECT, reason, sentence, NO_LANGUAGE);

/** Shown at once by every client, before authentication ends. The line's end is ours: clients print it as it is. */
export const banner = (sentence: string): Buffer => compose(MSG.USERAUTH_BANNER, `${sentence}\r\n`, NO_LANGUAGE);

export const serviceAccept = (name: string): Buffer => compose(MSG.SERVICE_ACCEPT, name);

export const authSuccess = (): Buffer => compose(MSG.USERAUTH_SUCCESS);

/** `methods` must not be empty: OpenSSH then falls back to its own list and asks for a password. */
export const authFailure = (methods: readonly string[], partial: boolean): Buffer =>
  compose(MSG.USERAUTH_FAILURE, methods.join(','), partial);

export const keyOk = (algo: string, blob: Uint8Array): Buffer => compose(MSG.USERAUTH_PK_OK, algo, blob);

/** One question, answered without echo (RFC 4256 section 3.2). */
export const question = (instruction: string, prompt: string): Buffer =>
  compose(MSG.USERAUTH_INFO_REQUEST, '', instruction, NO_LANGUAGE, 1, prompt, false);

/** A global request that no client knows and all answer: what OpenSSH's own ClientAliveInterval sends. */
export const SIGN_OF_LIFE = compose(MSG.GLOBAL_REQUEST, 'keepalive@openssh.com', true);

export const requestFailure = (): Buffer => compose(MSG.REQUEST_FAILURE);

export const openConfirmation = (peer: number, own: number, window: number, packet: number): Buffer =>
  compose(MSG.CHANNEL_OPEN_CONFIRMATION, peer, own, window, packet);

export const openFailure = (peer: number, reason: number, sentence: string): Buffer =>
  compose(MSG.CHANNEL_OPEN_FAILURE, peer, reason, sentence, NO_LANGUAGE);

export const windowAdjust = (peer: number, bytes: number): Buffer => compose(MSG.CHANNEL_WINDOW_ADJUST, peer, bytes);

export const channelReply = (peer: number, ok: boolean): Buffer =>
  compose(ok ? MSG.CHANNEL_SUCCESS : MSG.CHANNEL_FAILURE, peer);

export const channelEof = (peer: number): Buffer => compose(MSG.CHANNEL_EOF, peer);

export const channelClose = (peer: number): Buffer => compose(MSG.CHANNEL_CLOSE, peer);

export const exitStatus = (peer: number, code: number): Buffer =>
  compose(MSG.CHANNEL_REQUEST, peer, 'exit-status', false, code);

let lastPeer = 0;
let lastHead = headOf(0, 0);
let lastLength = 0;

/**
 * What stands before the bytes of a message of data: they go into the packet from where they are. Made once for all who
 * are sent as much over a channel of the same number, which is nearly everybody; not to be changed.
 */
export function dataHead(peer: number, length: number): Uint8Array {
  if (peer === lastPeer && length === lastLength) return lastHead;
  lastPeer = peer;
  lastLength = length;
  lastHead = headOf(peer, length);
  return lastHead;
}

function headOf(peer: number, length: number): Uint8Array {
  const head = Buffer.allocUnsafe(9);
  head[0] = MSG.CHANNEL_DATA;
  head.writeUInt32BE(peer, 1);
  head.writeUInt32BE(length, 5);
  return head;
}

/** The same for what goes to the client's standard error. */
export function stderrHead(peer: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(13);
  head[0] = MSG.CHANNEL_EXTENDED_DATA;
  head.writeUInt32BE(peer, 1);
  head.writeUInt32BE(STDERR, 5);
  head.writeUInt32BE(length, 9);
  return head;
}
