/* See ssh.h. The sections are those of RFC 4253, 4252, 4254, 5647 and 8731. */
#include "ssh.h"
#include <openssl/rand.h>
#include <string.h>

enum {
  DISCONNECT = 1, SERVICE_REQUEST = 5, SERVICE_ACCEPT = 6, KEXINIT = 20, NEWKEYS = 21, ECDH_INIT = 30, ECDH_REPLY = 31,
  AUTH_REQUEST = 50, AUTH_FAILURE = 51, AUTH_SUCCESS = 52, GLOBAL_REQUEST = 80, REQUEST_FAILURE = 82, OPEN = 90,
  OPEN_CONFIRMATION = 91, OPEN_FAILURE = 92, WINDOW_ADJUST = 93, DATA = 94, CHANNEL_REQUEST = 98, CHANNEL_FAILURE = 100,
  TAG = 16, BLOCK = 16, MAX_PACKET = 32768, WINDOW = 2 << 20, ADJUST_AT = 96 << 10
};

static const char IDENT[] = "SSH-2.0-crowd";

/* Bytes under construction: large enough for everything that is ever said. */
struct out { uint8_t bytes[1024]; size_t length; };

static void put(struct out *o, const void *bytes, size_t length) {
  memcpy(o->bytes + o->length, bytes, length);
  o->length += length;
}

static void put_byte(struct out *o, uint8_t byte) { put(o, &byte, 1); }

static void put_u32(struct out *o, uint32_t n) {
  put(o, (uint8_t[]){(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n}, 4);
}

static void put_string(struct out *o, const void *bytes, size_t length) {
  put_u32(o, (uint32_t)length);
  put(o, bytes, length);
}

static void put_text(struct out *o, const char *text) { put_string(o, text, strlen(text)); }

static uint32_t u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* RFC 5647 section 7.1: the last eight bytes count packets. */
static void count_up(uint8_t iv[12]) {
  for (int i = 11; i >= 4 && ++iv[i] == 0; i--) {}
}

static void send_payload(struct ssh *s, const uint8_t *payload, size_t length) {
  uint8_t packet[2048] = {0}, sealed[2048];
  /* The length is part of what is padded until there is a cipher, and not with this one. */
  size_t whole = 1 + length + (s->writes == NULL ? 4 : 0);
  size_t padding = BLOCK - whole % BLOCK;
  if (padding < 4) padding += BLOCK;
  uint32_t size = (uint32_t)(1 + length + padding);
  for (int i = 0; i < 4; i++) packet[i] = (uint8_t)(size >> (24 - 8 * i));
  packet[4] = (uint8_t)padding;
  memcpy(packet + 5, payload, length);
  if (s->writes == NULL) return s->send(s->owner, packet, 4 + size);
  int done;
  EVP_EncryptInit_ex(s->writes, NULL, NULL, NULL, s->write_iv);
  EVP_EncryptUpdate(s->writes, NULL, &done, packet, 4);
  memcpy(sealed, packet, 4);
  EVP_EncryptUpdate(s->writes, sealed + 4, &done, packet + 4, (int)size);
  EVP_EncryptFinal_ex(s->writes, sealed + 4 + size, &done);
  EVP_CIPHER_CTX_ctrl(s->writes, EVP_CTRL_AEAD_GET_TAG, TAG, sealed + 4 + size);
  count_up(s->write_iv);
  s->send(s->owner, sealed, 4 + size + TAG);
}

static void say(struct ssh *s, struct out *o) { send_payload(s, o->bytes, o->length); }

static void offer(struct ssh *s) {
  static const char *const lists[] = {"curve25519-sha256", "ssh-ed25519", "aes128-gcm@openssh.com",
                                      "aes128-gcm@openssh.com", "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", ""};
  struct out o = {.length = 17};
  o.bytes[0] = KEXINIT;
  RAND_bytes(o.bytes + 1, 16);
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) put_text(&o, lists[i]);
  put_byte(&o, 0);
  put_u32(&o, 0);
  memcpy(s->client_init, o.bytes, o.length);
  s->client_init_length = o.length;
  say(s, &o);
}

void ssh_start(struct ssh *s) {
  char line[sizeof IDENT + 2];
  memcpy(line, IDENT, sizeof IDENT - 1);
  memcpy(line + sizeof IDENT - 1, "\r\n", 2);
  s->send(s->owner, (uint8_t *)line, sizeof IDENT + 1);
  offer(s);
}

static void begin_exchange(struct ssh *s, const uint8_t *payload, size_t length) {
  size_t share = sizeof s->share;
  memcpy(s->server_init, payload, length);
  s->server_init_length = length;
  s->own = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
  EVP_PKEY_get_raw_public_key(s->own, s->share, &share);
  struct out o = {0};
  put_byte(&o, ECDH_INIT);
  put_string(&o, s->share, sizeof s->share);
  say(s, &o);
}

/* K as an mpint, with its length (RFC 8731 section 3.1). */
static void agree(struct ssh *s, const uint8_t *theirs) {
  uint8_t raw[32];
  size_t length = sizeof raw, zeros = 0;
  EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, theirs, 32);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(s->own, NULL);
  EVP_PKEY_derive_init(context);
  EVP_PKEY_derive_set_peer(context, peer);
  EVP_PKEY_derive(context, raw, &length);
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(peer);
  EVP_PKEY_free(s->own);
  while (zeros < 31 && raw[zeros] == 0) zeros++;
  size_t sign = raw[zeros] >> 7, size = 32 - zeros + sign;
  memset(s->secret, 0, 5);
  s->secret[3] = (uint8_t)size;
  memcpy(s->secret + 4 + sign, raw + zeros, 32 - zeros);
  s->secret_length = 4 + size;
}

static void hash_string(EVP_MD_CTX *h, const void *bytes, size_t length) {
  struct out o = {0};
  put_u32(&o, (uint32_t)length);
  EVP_DigestUpdate(h, o.bytes, 4);
  EVP_DigestUpdate(h, bytes, length);
}

/* RFC 4253 section 7.2: the first bytes of HASH(K || H || letter || session). */
static void derive(struct ssh *s, char letter, uint8_t *to, size_t length) {
  uint8_t digest[SSH_HASH];
  EVP_MD_CTX *h = EVP_MD_CTX_new();
  EVP_DigestInit_ex(h, EVP_sha256(), NULL);
  EVP_DigestUpdate(h, s->secret, s->secret_length);
  EVP_DigestUpdate(h, s->hash, SSH_HASH);
  EVP_DigestUpdate(h, &letter, 1);
  EVP_DigestUpdate(h, s->hash, SSH_HASH);
  EVP_DigestFinal_ex(h, digest, NULL);
  EVP_MD_CTX_free(h);
  memcpy(to, digest, length);
}

static EVP_CIPHER_CTX *cipher(struct ssh *s, char letter, int encrypts) {
  uint8_t key[16];
  derive(s, letter, key, sizeof key);
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  EVP_CipherInit_ex(context, EVP_aes_128_gcm(), NULL, key, NULL, encrypts);
  return context;
}

/* The server's key, its share and its signature, which nobody looks at. */
static int end_exchange(struct ssh *s, const uint8_t *payload, size_t length) {
  if (length < 9) return -1;
  uint32_t key = u32(payload + 1);
  const uint8_t *share = payload + 5 + key;
  if (key > length - 41 || u32(share) != 32) return -1;
  agree(s, share + 4);
  EVP_MD_CTX *h = EVP_MD_CTX_new();
  EVP_DigestInit_ex(h, EVP_sha256(), NULL);
  hash_string(h, IDENT, sizeof IDENT - 1);
  hash_string(h, s->ident, strlen(s->ident));
  hash_string(h, s->client_init, s->client_init_length);
  hash_string(h, s->server_init, s->server_init_length);
  hash_string(h, payload + 5, key);
  hash_string(h, s->share, 32);
  hash_string(h, share + 4, 32);
  EVP_DigestUpdate(h, s->secret, s->secret_length);
  EVP_DigestFinal_ex(h, s->hash, NULL);
  EVP_MD_CTX_free(h);
  send_payload(s, (uint8_t[]){NEWKEYS}, 1);
  derive(s, 'A', s->write_iv, sizeof s->write_iv);
  s->writes = cipher(s, 'C', 1);
  struct out o = {0};
  put_byte(&o, SERVICE_REQUEST);
  put_text(&o, "ssh-userauth");
  say(s, &o);
  return 0;
}

static void log_in(struct ssh *s) {
  struct out o = {0};
  put_byte(&o, AUTH_REQUEST);
  put_text(&o, s->user);
  put_text(&o, "ssh-connection");
  put_text(&o, "none");
  say(s, &o);
}

static void open_channel(struct ssh *s) {
  struct out o = {0};
  put_byte(&o, OPEN);
  put_text(&o, "session");
  put_u32(&o, 0);
  put_u32(&o, WINDOW);
  put_u32(&o, MAX_PACKET);
  say(s, &o);
}

static void open_shell(struct ssh *s, uint32_t channel) {
  struct out terminal = {0}, shell = {0};
  s->channel = channel;
  put_byte(&terminal, CHANNEL_REQUEST);
  put_u32(&terminal, channel);
  put_text(&terminal, "pty-req");
  put_byte(&terminal, 0);
  put_text(&terminal, "xterm-256color");
  put_u32(&terminal, (uint32_t)s->cols);
  put_u32(&terminal, (uint32_t)s->rows);
  put_u32(&terminal, 0);
  put_u32(&terminal, 0);
  put_text(&terminal, "");
  say(s, &terminal);
  put_byte(&shell, CHANNEL_REQUEST);
  put_u32(&shell, channel);
  put_text(&shell, "shell");
  put_byte(&shell, 1);
  say(s, &shell);
}

/* Gives back what was taken, in steps, as OpenSSH does. */
static void adjust(struct ssh *s, uint32_t length) {
  s->taken += length;
  if (s->taken < ADJUST_AT) return;
  struct out o = {0};
  put_byte(&o, WINDOW_ADJUST);
  put_u32(&o, s->channel);
  put_u32(&o, s->taken);
  say(s, &o);
  s->taken = 0;
}

/* A request says its name and then whether it wants an answer: no, whatever it is. */
static void refuse(struct ssh *s, const uint8_t *name, uint8_t answer) {
  if (name[4 + u32(name)] == 0) return;
  struct out o = {0};
  put_byte(&o, answer);
  if (answer == CHANNEL_FAILURE) put_u32(&o, s->channel);
  say(s, &o);
}

static int hear(struct ssh *s, const uint8_t *p, size_t length) {
  switch (p[0]) {
  case KEXINIT:
    /* New keys come after a gigabyte or an hour. */
    if (s->reads != NULL || length > sizeof s->server_init) return -1;
    begin_exchange(s, p, length);
    return 0;
  case ECDH_REPLY:
    return end_exchange(s, p, length);
  case NEWKEYS:
    derive(s, 'B', s->read_iv, sizeof s->read_iv);
    s->reads = cipher(s, 'D', 0);
    return 0;
  case SERVICE_ACCEPT:
    log_in(s);
    return 0;
  case AUTH_SUCCESS:
    open_channel(s);
    return 0;
  case OPEN_CONFIRMATION:
    open_shell(s, u32(p + 5));
    return 0;
  case DATA:
    s->data(s->owner, p + 9, u32(p + 5));
    adjust(s, u32(p + 5));
    return 0;
  case GLOBAL_REQUEST:
    refuse(s, p + 1, REQUEST_FAILURE);
    return 0;
  case CHANNEL_REQUEST:
    refuse(s, p + 5, CHANNEL_FAILURE);
    return 0;
  default:
    return p[0] == DISCONNECT || p[0] == AUTH_FAILURE || p[0] == OPEN_FAILURE ? -1 : 0;
  }
}

/* One packet at `at`, of which `have` bytes are there. Returns its length, 0 when it is not whole, -1 for none. */
static long packet(struct ssh *s, uint8_t *at, size_t have) {
  if (have < 4) return 0;
  size_t size = u32(at), whole = 4 + size + (s->reads == NULL ? 0 : TAG);
  if (size < 6 || whole > SSH_IN) return -1;
  if (have < whole) return 0;
  if (s->reads != NULL) {
    int done;
    EVP_DecryptInit_ex(s->reads, NULL, NULL, NULL, s->read_iv);
    EVP_DecryptUpdate(s->reads, NULL, &done, at, 4);
    EVP_DecryptUpdate(s->reads, at + 4, &done, at + 4, (int)size);
    EVP_CIPHER_CTX_ctrl(s->reads, EVP_CTRL_AEAD_SET_TAG, TAG, at + 4 + size);
    if (EVP_DecryptFinal_ex(s->reads, at + 4 + size, &done) != 1) return -1;
    count_up(s->read_iv);
  }
  if (at[4] >= size) return -1;
  return hear(s, at + 5, size - 1 - at[4]) < 0 ? -1 : (long)whole;
}

/* The line by which the server says who it is. Returns how long it was. */
static size_t ident(struct ssh *s) {
  uint8_t *end = memchr(s->in, '\n', s->length);
  if (end == NULL || end - s->in < 2 || end - s->in >= (long)sizeof s->ident) return 0;
  memcpy(s->ident, s->in, (size_t)(end - s->in) - 1);
  return (size_t)(end - s->in) + 1;
}

int ssh_take(struct ssh *s) {
  size_t at = s->ident[0] == 0 ? ident(s) : 0;
  long got = 0;
  while (s->ident[0] != 0 && (got = packet(s, s->in + at, s->length - at)) > 0) at += (size_t)got;
  s->length -= at;
  memmove(s->in, s->in + at, s->length);
  return got < 0 ? -1 : 0;
}
