/*
 * The least that it can cost to show a picture to so many: one packet of aes128-gcm@openssh.com for each of them, made by
 * OpenSSL in place and sent with one call, some thirty times a second, to sockets that another process drains and
 * decrypts as crowd.c does. No SSH beside the packets, no keys exchanged, nothing decided.
 *
 *   floor OBSERVERS BYTES MS        BYTES of each picture -> floor MICROSECONDS of the sender's processor, each of them
 *
 *   cc -O2 -o floor floor.c -lcrypto
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 4096, KEY = 16, IV = 12, TAG = 16, BLOCK = 16, LENGTH = 4, LEAST_PADDING = 4, MOST_BYTES = 32768 };
/* Message number, channel and length of the data (RFC 4254 section 5.2). */
enum { HEAD = 9 };

static const uint64_t SECOND_NS = 1000000000u, INTERVAL_NS = 33333333u, MS_NS = 1000000u, CALM_NS = 200000000u;

struct end {
  int fd;
  EVP_CIPHER_CTX *cipher;
  uint8_t iv[IV];
};

static struct end ends[MOST];
static uint8_t key[KEY];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t clock_ns(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

static void sleep_until(uint64_t ns) {
  struct timespec t = {.tv_sec = (time_t)(ns / SECOND_NS), .tv_nsec = (long)(ns % SECOND_NS)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* RFC 5647 section 7.1: the last eight bytes count packets. */
static void count_up(uint8_t iv[IV]) {
  for (int i = IV - 1; i >= 4 && ++iv[i] == 0; i--) {}
}

static void seal(struct end *e, const uint8_t *packet, uint8_t *sealed, int size) {
  int done;
  EVP_EncryptInit_ex(e->cipher, NULL, NULL, NULL, e->iv);
  EVP_EncryptUpdate(e->cipher, NULL, &done, packet, LENGTH);
  memcpy(sealed, packet, LENGTH);
  EVP_EncryptUpdate(e->cipher, sealed + LENGTH, &done, packet + LENGTH, size);
  EVP_EncryptFinal_ex(e->cipher, sealed + LENGTH + size, &done);
  EVP_CIPHER_CTX_ctrl(e->cipher, EVP_CTRL_AEAD_GET_TAG, TAG, sealed + LENGTH + size);
  count_up(e->iv);
}

/* A packet is read at once or in pieces; what it says is not looked at. */
static void open_packet(struct end *e, uint8_t *bytes, int length) {
  static uint8_t plain[MOST_BYTES + BLOCK];
  int done;
  EVP_DecryptInit_ex(e->cipher, NULL, NULL, NULL, e->iv);
  EVP_DecryptUpdate(e->cipher, plain, &done, bytes, length);
  count_up(e->iv);
}

static int drain(struct end *e) {
  static uint8_t bytes[MOST_BYTES];
  ssize_t got = recv(e->fd, bytes, sizeof bytes, 0);
  if (got <= 0) return 0;
  open_packet(e, bytes, (int)got);
  return 1;
}

static void read_all(const struct sockaddr_in *to, int count) {
  static struct epoll_event events[256];
  int poller = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < count; i++) {
    ends[i].fd = socket(AF_INET, SOCK_STREAM, 0);
    if (ends[i].fd < 0 || connect(ends[i].fd, (const struct sockaddr *)to, sizeof *to) < 0) fail("connect");
    ends[i].cipher = EVP_CIPHER_CTX_new();
    EVP_DecryptInit_ex(ends[i].cipher, EVP_aes_128_gcm(), NULL, key, ends[i].iv);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
    epoll_ctl(poller, EPOLL_CTL_ADD, ends[i].fd, &event);
  }
  for (int left = count; left > 0;) {
    int ready = epoll_wait(poller, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      struct end *e = &ends[events[i].data.u32];
      if (drain(e)) continue;
      close(e->fd);
      left--;
    }
  }
}

static void take(int listener, int count) {
  int yes = 1;
  for (int i = 0; i < count; i++) {
    ends[i].fd = accept(listener, NULL, NULL);
    if (ends[i].fd < 0) fail("accept");
    setsockopt(ends[i].fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ends[i].cipher = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex(ends[i].cipher, EVP_aes_128_gcm(), NULL, key, ends[i].iv);
  }
}

/* Returns how many pictures were sent. */
static int show_all(int count, int size, uint64_t until) {
  static uint8_t packet[LENGTH + MOST_BYTES], sealed[LENGTH + MOST_BYTES + TAG];
  int pictures = 0;
  uint64_t next = clock_ns(CLOCK_MONOTONIC);
  for (int i = 0; i < LENGTH; i++) packet[i] = (uint8_t)(size >> (24 - 8 * i));
  for (; next < until; pictures++, next += INTERVAL_NS, sleep_until(next)) {
    RAND_bytes(packet + LENGTH, size);
    for (int i = 0; i < count; i++) {
      seal(&ends[i], packet, sealed, size);
      send(ends[i].fd, sealed, (size_t)(LENGTH + size + TAG), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
  }
  return pictures;
}

int main(int argc, char **argv) {
  int count = argc > 3 ? atoi(argv[1]) : 0, bytes = argc > 3 ? atoi(argv[2]) : 0;
  if (count < 1 || count > MOST || bytes < 1 || bytes > MOST_BYTES - 64) return 2;
  int whole = 1 + HEAD + bytes, padding = BLOCK - whole % BLOCK;
  int size = whole + padding + (padding < LEAST_PADDING ? BLOCK : 0);
  struct rlimit files = {.rlim_cur = MOST + 64, .rlim_max = MOST + 64};
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof here;
  setrlimit(RLIMIT_NOFILE, &files);
  RAND_bytes(key, KEY);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&here, length) < 0 || listen(listener, MOST) < 0) fail("listen");
  getsockname(listener, (struct sockaddr *)&here, &length);
  pid_t reader = fork();
  if (reader < 0) fail("fork");
  if (reader == 0) {
    close(listener);
    read_all(&here, count);
    _exit(0);
  }
  take(listener, count);
  sleep_until(clock_ns(CLOCK_MONOTONIC) + CALM_NS);
  uint64_t before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  int pictures = show_all(count, size, clock_ns(CLOCK_MONOTONIC) + (uint64_t)atoi(argv[3]) * MS_NS);
  uint64_t spent = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before;
  printf("floor\t%.3f\n", (double)spent / 1000 / pictures / count);
  for (int i = 0; i < count; i++) close(ends[i].fd);
  waitpid(reader, NULL, 0);
  return 0;
}
