/**
 * What the door offers in a key exchange. In SSH the client's order decides (RFC 4253 section 7.1); ours only says what
 * there is. Strict key exchange is added by ssh2.
 */

/**
 * ML-KEM beside curve25519 costs 0.8 ms more than curve25519 alone, nistp256 2.1 ms in all; group18 takes 21.7 ms, which
 * is a weapon. ML-KEM is not the first, as dbclient's guess at the first would then be wrong.
 */
const KEX = [
  'curve25519-sha256',
  'mlkem768x25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
] as const;

/** ssh2 adds this name in its Server only, not in its Protocol. */
const STRICT_KEX = 'kex-strict-s-v00@openssh.com';

const HOST_KEY = 'ssh-ed25519';

/**
 * A 4 KiB frame to one observer costs 46 us with aes128-gcm, about 50 with the counter modes and 52 with chacha20.
 * OpenSSH asks for chacha20, plink 0.78 for aes256-ctr, dbclient 2022.83 for chacha20.
 */
const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes256-ctr',
] as const;

const MACS = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256'] as const;

/** Compression before authentication inflates 856 KiB to 900 MB, and costs 240 KiB of memory for each observer. */
const COMPRESSION = ['none'] as const;

const BOTH_WAYS = { cipher: CIPHERS, mac: MACS, compress: COMPRESSION, lang: [] } as const;

/** The offer in the shape that ssh2's KexInit takes. */
export const OFFER = {
  kex: [...KEX, STRICT_KEX],
  serverHostKey: [HOST_KEY],
  cs: BOTH_WAYS,
  sc: BOTH_WAYS,
} as const;
