/*
 * The terminals of the benchmark: programs run in pseudo-terminals of their own, everything they print is kept in
 * memory and stamped, and the moment at which given bytes appear is told. One process drains all of them, written in C
 * so that the reader is never what is measured. Knows nothing of what runs in it.
 *
 *   cc -O2 -o terminals terminals.c -lutil
 *
 * Commands are lines on standard input, fields parted by tabs (HEX: bytes in hexadecimal):
 *   open ID COLS ROWS WORD...   runs WORD... in a terminal      -> opened ID PID NS
 *   type ID HEX                 types                           -> typed ID NS (the moment before the write)
 *   mark ID HEX                 waits for these bytes, once     -> mark ID NS OFFSET (end of the bytes)
 *   count ID                    how much is kept                -> counted ID BYTES
 *   clear ID                    forgets what was printed        -> cleared ID
 *   dump ID FILE                FILE gets the bytes, FILE.reads the reads: 64-bit NS and end OFFSET each
 *                                                               -> dumped ID BYTES
 *   kill ID SIGNAL              a signal to the program         -> killed ID NS
 * and by itself: ended ID. NS is CLOCK_MONOTONIC in nanoseconds.
 */
#define _GNU_SOURCE
#include "kept.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>

enum { CHUNK = 65536 };

struct terminal {
  int fd;
  pid_t pid;
  struct kept kept;
};

static struct terminal terminals[MAX_KEPT];
/* Ids are given in order: those above were never open. */
static int used;

static void open_terminal(int id, char **words, int count) {
  struct terminal *t = &terminals[id];
  if (id >= used) used = id + 1;
  struct winsize size = {.ws_col = (unsigned short)atoi(words[2]), .ws_row = (unsigned short)atoi(words[3])};
  char *arguments[MAX_WORDS + 1] = {0};
  for (int i = 4; i < count; i++) arguments[i - 4] = words[i];
  uint64_t started = now();
  t->pid = forkpty(&t->fd, NULL, NULL, &size);
  if (t->pid < 0) fail("forkpty");
  if (t->pid == 0) {
    execvp(arguments[0], arguments);
    _exit(127);
  }
  fcntl(t->fd, F_SETFD, FD_CLOEXEC);
  fcntl(t->fd, F_SETFL, O_NONBLOCK);
  printf("opened\t%d\t%d\t%llu\n", id, (int)t->pid, (unsigned long long)started);
}

static void type(int id, const char *hex) {
  char bytes[MAX_LINE / 2];
  size_t length = from_hex(hex, bytes, sizeof bytes);
  uint64_t ns = now();
  if (write(terminals[id].fd, bytes, length) != (ssize_t)length) fail("type");
  printf("typed\t%d\t%llu\n", id, (unsigned long long)ns);
}

static void obey(char **words, int count) {
  int id = id_of(words[1]);
  struct terminal *t = &terminals[id];
  if (obey_kept(&t->kept, words)) return;
  if (strcmp(words[0], "open") == 0 && count > 4) {
    open_terminal(id, words, count);
  } else if (strcmp(words[0], "type") == 0) {
    type(id, words[2]);
  } else if (strcmp(words[0], "kill") == 0) {
    uint64_t ns = now();
    if (t->pid > 0) kill(t->pid, atoi(words[2]));
    printf("killed\t%d\t%llu\n", id, (unsigned long long)ns);
  }
}

static void drain(struct terminal *t) {
  int id = (int)(t - terminals);
  ssize_t got = read(t->fd, kept_room(&t->kept, CHUNK), CHUNK);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got > 0) return keep(&t->kept, id, (size_t)got);
  close(t->fd);
  waitpid(t->pid, NULL, WNOHANG);
  t->fd = -1;
  printf("ended\t%d\n", id);
}

int main(void) {
  static struct pollfd polled[MAX_KEPT + 1];
  signal(SIGPIPE, SIG_IGN);
  for (int i = 0; i < MAX_KEPT; i++) terminals[i].fd = -1;
  polled[0] = (struct pollfd){.fd = 0, .events = POLLIN};
  for (;;) {
    /* A negative descriptor is skipped by poll. */
    for (int i = 0; i < used; i++) polled[i + 1] = (struct pollfd){.fd = terminals[i].fd, .events = POLLIN};
    if (poll(polled, (nfds_t)used + 1, -1) < 0 && errno != EINTR) fail("poll");
    for (int i = 0; i < used; i++)
      if (polled[i + 1].fd >= 0 && polled[i + 1].revents != 0) drain(&terminals[i]);
    if (polled[0].revents != 0) commands(obey);
    fflush(stdout);
  }
}
