/*
 * A bad link in user space: listens on the loopback and passes on to another port of it, each way with a delay, at a
 * rate, and with losses. TCP hides a loss behind a retransmission: the segment comes a round trip later, and everything
 * after it waits for it. What the link holds is bounded, and it tells the sender to cut segments as an Ethernet would,
 * so that the kernel of the sender buffers no more than it would towards a real link of that kind.
 *
 *   cc -O2 -o link link.c
 *   ./link TARGET_PORT DELAY_MS BITS_PER_SECOND LOSS SEED        (0: no delay, no limit, no loss)
 *
 * Prints "port 0 PORT". Standard input, fields parted by tabs: count ID -> count ID DOWN UP, the bytes of the payload of
 * TCP that connection ID (0, 1, ... as they came) was sent and has sent.
 */
#define _GNU_SOURCE
#include "kept.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

enum { MAX_LINKS = 512, SEGMENT = 1448, ROUND = 256, HELD = 32 * 1024, NS_PER_MS = 1000000 };

struct segment { uint64_t due; size_t length; uint8_t bytes[SEGMENT]; };

/* One way through one connection. */
struct way {
  int from, to;
  struct segment ring[ROUND];
  size_t first, count, sent;
  uint64_t free_at, last_due;
  unsigned long long total;
};

static struct way *links[MAX_LINKS];
static int used, target;
static uint64_t delay_ns, bits_per_second;
static double loss;

/* xorshift: the same losses with the same seed. */
static uint64_t state;

static int lost(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (double)(state >> 11) / (double)(1ull << 53) < loss;
}

static void close_link(struct way *ways) {
  if (ways[0].from < 0) return;
  close(ways[0].from);
  close(ways[1].from);
  ways[0].from = ways[1].from = -1;
}

static int can_take(const struct way *w, uint64_t at) {
  if (w->from < 0 || w->count == ROUND) return 0;
  return bits_per_second == 0 || w->free_at <= at || (w->free_at - at) * bits_per_second / 8000000000u < HELD;
}

static void take(struct way *ways, struct way *w, uint64_t at) {
  struct segment *s = &w->ring[(w->first + w->count) % ROUND];
  ssize_t got = recv(w->from, s->bytes, SEGMENT, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return close_link(ways);
  s->length = (size_t)got;
  w->count++;
  w->total += (unsigned long long)got;
  if (w->free_at < at) w->free_at = at;
  if (bits_per_second > 0) w->free_at += s->length * 8000000000u / bits_per_second;
  s->due = w->free_at + delay_ns + (lost() ? 2 * delay_ns : 0);
  /* In order: what was lost holds up what follows it. */
  if (s->due < w->last_due) s->due = w->last_due;
  w->last_due = s->due;
}

static void give(struct way *ways, struct way *w, uint64_t at) {
  while (w->from >= 0 && w->count > 0 && w->ring[w->first].due <= at) {
    struct segment *s = &w->ring[w->first];
    ssize_t gave = send(w->to, s->bytes + w->sent, s->length - w->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (gave < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (gave <= 0) return close_link(ways);
    w->sent += (size_t)gave;
    if (w->sent < s->length) return;
    w->sent = 0;
    w->first = (w->first + 1) % ROUND;
    w->count--;
  }
}

/* Before it listens or connects: these decide what the kernels offer each other. */
static int open_socket(void) {
  int yes = 1, small = HELD / 2, segment = SEGMENT, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void accept_link(int listener) {
  struct sockaddr_in to = loopback(target);
  struct way *ways = calloc(2, sizeof *ways);
  int yes = 1, client = accept4(listener, NULL, NULL, SOCK_CLOEXEC), server = open_socket();
  if (used == MAX_LINKS || client < 0 || connect(server, (struct sockaddr *)&to, sizeof to) < 0) fail("link");
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  ways[0].from = ways[1].to = server;
  ways[1].from = ways[0].to = client;
  links[used++] = ways;
}

static void obey(char **words, int count) {
  int id = atoi(words[1]);
  int known = count > 1 && id >= 0 && id < used;
  printf("count\t%d\t%llu\t%llu\n", id, known ? links[id][0].total : 0, known ? links[id][1].total : 0);
}

/* When the next segment is due, or the next may be taken; at most a second from now. */
static uint64_t next_at(uint64_t at) {
  uint64_t next = at + 1000u * NS_PER_MS;
  for (int i = 0; i < 2 * used; i++) {
    struct way *w = &links[i / 2][i % 2];
    if (w->from < 0) continue;
    if (w->count > 0 && w->ring[w->first].due < next) next = w->ring[w->first].due;
    if (!can_take(w, at) && at + NS_PER_MS < next) next = at + NS_PER_MS;
  }
  return next;
}

int main(int argc, char **argv) {
  static struct pollfd polled[2 * MAX_LINKS + 2];
  if (argc < 6) return 2;
  target = atoi(argv[1]);
  delay_ns = strtoull(argv[2], NULL, 10) * NS_PER_MS;
  bits_per_second = strtoull(argv[3], NULL, 10);
  loss = atof(argv[4]);
  state = strtoull(argv[5], NULL, 10) + 88172645463325252ull;
  signal(SIGPIPE, SIG_IGN);
  int listener = open_socket();
  struct sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 128) < 0) fail("listen");
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("port\t0\t%d\n", ntohs(address.sin_port));
  fflush(stdout);
  polled[0] = (struct pollfd){.fd = 0, .events = POLLIN};
  polled[1] = (struct pollfd){.fd = listener, .events = POLLIN};
  for (;;) {
    uint64_t at = now();
    int before = used;
    for (int i = 0; i < 2 * before; i++) {
      struct way *w = &links[i / 2][i % 2];
      polled[i + 2] = (struct pollfd){.fd = can_take(w, at) ? w->from : -1, .events = POLLIN};
    }
    uint64_t wait = next_at(at);
    wait = wait > at ? wait - at : 0;
    struct timespec limit = {.tv_sec = (time_t)(wait / 1000000000u), .tv_nsec = (long)(wait % 1000000000u)};
    if (ppoll(polled, (nfds_t)(2 * before + 2), &limit, NULL) < 0 && errno != EINTR) fail("ppoll");
    at = now();
    for (int i = 0; i < 2 * before; i++) {
      struct way *ways = links[i / 2];
      if (polled[i + 2].fd >= 0 && polled[i + 2].revents != 0) take(ways, &ways[i % 2], at);
      give(ways, &ways[i % 2], at);
    }
    if (polled[1].revents != 0) accept_link(listener);
    if (polled[0].revents != 0) commands(obey);
    fflush(stdout);
  }
}
