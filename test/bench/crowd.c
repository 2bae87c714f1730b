/*
 * A crowd of observers in one process: each is an SSH connection of its own with a terminal that nobody looks at, and
 * costs as little as can be, so that a thousand of them leave the processor to the server. Speaks as terminals.c does;
 * what is not the same:
 *   open ID COLS ROWS PORT USER    connects to the loopback     -> opened ID 0 NS
 *   kill ID SIGNAL                 19 (SIGSTOP): reads no more; 18 (SIGCONT): reads again; others: hangs up
 * Sources are addresses of their own in 127/8.
 *
 *   cc -O2 -o crowd crowd.c ssh.c -lcrypto
 */
#define _GNU_SOURCE
#include "kept.h"
#include "ssh.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { EVENTS = 256, MAX_USER = 256, STOP = 19, CONTINUE = 18 };

struct observer {
  int fd;
  int started;
  char user[MAX_USER];
  struct ssh *ssh;
  struct kept kept;
};

static struct observer observers[MAX_KEPT];
static int poller;

static void watch(int id, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.u32 = (uint32_t)id};
  if (epoll_ctl(poller, operation, observers[id].fd, &event) < 0) fail("epoll_ctl");
}

static void hang_up(struct observer *o) {
  if (o->fd < 0) return;
  close(o->fd);
  o->fd = -1;
  free(o->ssh);
  printf("ended\t%d\n", (int)(o - observers));
}

/* What an observer says is so little that the socket takes it. */
static void send_all(void *owner, const uint8_t *bytes, size_t length) {
  struct observer *o = owner;
  if (send(o->fd, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) shutdown(o->fd, SHUT_RDWR);
}

static void keep_data(void *owner, const uint8_t *bytes, size_t length) {
  struct observer *o = owner;
  memcpy(kept_room(&o->kept, length), bytes, length);
  keep(&o->kept, (int)(o - observers), length);
}

static void open_observer(int id, char **words) {
  struct observer *o = &observers[id];
  int yes = 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[4]))};
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f010001u + (uint32_t)id)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  snprintf(o->user, sizeof o->user, "%s", words[5]);
  o->started = 0;
  o->ssh = calloc(1, sizeof *o->ssh);
  *o->ssh = (struct ssh){.owner = o, .send = send_all, .data = keep_data, .user = o->user,
                         .cols = atoi(words[2]), .rows = atoi(words[3])};
  uint64_t ns = now();
  o->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (o->fd < 0) fail("socket");
  setsockopt(o->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (bind(o->fd, (struct sockaddr *)&from, sizeof from) < 0) fail("bind");
  if (connect(o->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) fail("connect");
  watch(id, EPOLL_CTL_ADD, EPOLLOUT);
  printf("opened\t%d\t0\t%llu\n", id, (unsigned long long)ns);
}

static void signal_observer(int id, int number) {
  uint64_t ns = now();
  if (observers[id].fd >= 0) {
    if (number == STOP) watch(id, EPOLL_CTL_MOD, 0);
    else if (number == CONTINUE) watch(id, EPOLL_CTL_MOD, EPOLLIN);
    else hang_up(&observers[id]);
  }
  printf("killed\t%d\t%llu\n", id, (unsigned long long)ns);
}

static void obey(char **words, int count) {
  int id = id_of(words[1]);
  if (obey_kept(&observers[id].kept, words)) return;
  if (strcmp(words[0], "open") == 0 && count > 5) open_observer(id, words);
  else if (strcmp(words[0], "kill") == 0) signal_observer(id, atoi(words[2]));
}

static void drain(struct observer *o) {
  struct ssh *s = o->ssh;
  ssize_t got = recv(o->fd, s->in + s->length, SSH_IN - s->length, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return hang_up(o);
  s->length += (size_t)got;
  if (ssh_take(s) < 0) hang_up(o);
}

static void event(struct observer *o, uint32_t events) {
  if (o->fd < 0) return;
  if (!o->started && (events & EPOLLOUT) != 0) {
    o->started = 1;
    watch((int)(o - observers), EPOLL_CTL_MOD, EPOLLIN);
    return ssh_start(o->ssh);
  }
  drain(o);
}

int main(void) {
  static struct epoll_event events[EVENTS];
  struct rlimit files = {.rlim_cur = MAX_KEPT + 64, .rlim_max = MAX_KEPT + 64};
  signal(SIGPIPE, SIG_IGN);
  setrlimit(RLIMIT_NOFILE, &files);
  poller = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < MAX_KEPT; i++) observers[i].fd = -1;
  struct epoll_event input = {.events = EPOLLIN, .data.u32 = MAX_KEPT};
  epoll_ctl(poller, EPOLL_CTL_ADD, 0, &input);
  for (;;) {
    int count = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.u32 == MAX_KEPT) commands(obey);
      else event(&observers[events[i].data.u32], events[i].events);
    }
    fflush(stdout);
  }
}
