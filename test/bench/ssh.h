/*
 * A client of SSH that does no more than watch: one key exchange (curve25519-sha256), one cipher
 * (aes128-gcm@openssh.com), no authentication, one channel with a terminal and a shell. It answers what an honest
 * client answers. It does not check whose key the server has: it talks to the server that the benchmark has started.
 * Knows no socket: bytes come in by ssh_take, and what is to be sent leaves by the function that it was given.
 */
#ifndef SSH_H
#define SSH_H
#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

enum { SSH_IN = 65536, SSH_HASH = 32 };

struct ssh {
  void *owner;
  void (*send)(void *owner, const uint8_t *bytes, size_t length);
  /* What the terminal gets. */
  void (*data)(void *owner, const uint8_t *bytes, size_t length);
  const char *user;
  int cols, rows;
  /* What arrived and was not read yet. */
  uint8_t in[SSH_IN];
  size_t length;
  char ident[256];
  uint8_t server_init[4096], client_init[512];
  size_t server_init_length, client_init_length;
  EVP_PKEY *own;
  uint8_t share[32], hash[SSH_HASH], secret[40];
  size_t secret_length;
  EVP_CIPHER_CTX *reads, *writes;
  uint8_t read_iv[12], write_iv[12];
  /* Bytes of the channel that the server was not told of yet. */
  uint32_t taken;
  uint32_t channel;
};

/* Says who it is, and what it offers. `ssh` has been cleared, and its owner, functions, user and size are set. */
void ssh_start(struct ssh *ssh);
/* Reads what stands in ssh->in. Returns 0, or -1 when the server has said something that it cannot deal with. */
int ssh_take(struct ssh *ssh);
#endif
