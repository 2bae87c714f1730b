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
 *   clear ID                    forgets what was printed        -> cleared ID
 *   dump ID FILE                FILE gets the bytes, FILE.reads the reads: 64-bit NS and end OFFSET each
 *                                                               -> dumped ID BYTES
 *   kill ID SIGNAL              a signal to the program         -> killed ID NS
 * and by itself: ended ID. NS is CLOCK_MONOTONIC in nanoseconds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_TERMINALS = 1024, MAX_WORDS = 64, MAX_LINE = 65536, MAX_MARK = 256, CHUNK = 65536 };

struct reading { uint64_t ns, end; };

struct terminal {
  int fd;
  pid_t pid;
  char *bytes;
  size_t length, room;
  struct reading *readings;
  size_t count, readings_room;
  char mark[MAX_MARK];
  size_t mark_length;
  size_t searched;
};

static struct terminal terminals[MAX_TERMINALS];
/* Ids are given in order: those above were never open. */
static int used;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static struct terminal *at(const char *id) {
  int i = atoi(id);
  if (i < 0 || i >= MAX_TERMINALS) {
    fprintf(stderr, "no terminal %s\n", id);
    exit(2);
  }
  return &terminals[i];
}

static size_t from_hex(const char *hex, char *out, size_t room) {
  size_t length = 0;
  unsigned byte;
  while (length < room && sscanf(hex + 2 * length, "%2x", &byte) == 1) out[length++] = (char)byte;
  return length;
}

static void *grown(void *memory, size_t *room, size_t wanted, size_t size) {
  if (wanted <= *room) return memory;
  *room = wanted * 2;
  memory = realloc(memory, *room * size);
  if (memory == NULL) fail("realloc");
  return memory;
}

static void open_terminal(char **words, int count) {
  struct terminal *t = at(words[1]);
  if (t - terminals >= used) used = (int)(t - terminals) + 1;
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
  t->length = t->count = t->mark_length = 0;
  printf("opened\t%s\t%d\t%llu\n", words[1], (int)t->pid, (unsigned long long)started);
}

static void look_for_mark(struct terminal *t, uint64_t ns) {
  if (t->mark_length == 0) return;
  char *found = memmem(t->bytes + t->searched, t->length - t->searched, t->mark, t->mark_length);
  if (found == NULL) {
    t->searched = t->length > t->mark_length ? t->length - t->mark_length + 1 : 0;
    return;
  }
  size_t end = (size_t)(found - t->bytes) + t->mark_length;
  t->mark_length = 0;
  printf("mark\t%d\t%llu\t%zu\n", (int)(t - terminals), (unsigned long long)ns, end);
}

static void dump(const char *id, const char *path) {
  struct terminal *t = at(id);
  char readings[4096];
  snprintf(readings, sizeof readings, "%s.reads", path);
  FILE *file = fopen(path, "w");
  if (file == NULL) fail(path);
  fwrite(t->bytes, 1, t->length, file);
  fclose(file);
  file = fopen(readings, "w");
  if (file == NULL) fail(readings);
  fwrite(t->readings, sizeof *t->readings, t->count, file);
  fclose(file);
  printf("dumped\t%s\t%zu\n", id, t->length);
}

static void type(const char *id, const char *hex) {
  char bytes[MAX_LINE / 2];
  size_t length = from_hex(hex, bytes, sizeof bytes);
  uint64_t ns = now();
  if (write(at(id)->fd, bytes, length) != (ssize_t)length) fail("type");
  printf("typed\t%s\t%llu\n", id, (unsigned long long)ns);
}

static void obey(char *line) {
  char *words[MAX_WORDS] = {0};
  int count = 0;
  for (char *word; count < MAX_WORDS && (word = strsep(&line, "\t")) != NULL;) words[count++] = word;
  if (count < 2) return;
  struct terminal *t = at(words[1]);
  if (strcmp(words[0], "open") == 0 && count > 4) {
    open_terminal(words, count);
  } else if (strcmp(words[0], "type") == 0) {
    type(words[1], words[2]);
  } else if (strcmp(words[0], "mark") == 0) {
    t->mark_length = from_hex(words[2], t->mark, MAX_MARK);
    t->searched = 0;
    look_for_mark(t, now());
  } else if (strcmp(words[0], "clear") == 0) {
    t->length = t->count = t->searched = 0;
    printf("cleared\t%s\n", words[1]);
  } else if (strcmp(words[0], "dump") == 0) {
    dump(words[1], words[2]);
  } else if (strcmp(words[0], "kill") == 0) {
    uint64_t ns = now();
    if (t->pid > 0) kill(t->pid, atoi(words[2]));
    printf("killed\t%s\t%llu\n", words[1], (unsigned long long)ns);
  }
}

static void commands(void) {
  static char line[MAX_LINE];
  static size_t length;
  ssize_t got = read(0, line + length, sizeof line - length);
  if (got <= 0) exit(0);
  length += (size_t)got;
  char *start = line;
  for (char *end; (end = memchr(start, '\n', length - (size_t)(start - line))) != NULL; start = end + 1) {
    *end = 0;
    obey(start);
  }
  length -= (size_t)(start - line);
  memmove(line, start, length);
}

static void drain(struct terminal *t) {
  t->bytes = grown(t->bytes, &t->room, t->length + CHUNK, 1);
  ssize_t got = read(t->fd, t->bytes + t->length, CHUNK);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    close(t->fd);
    waitpid(t->pid, NULL, WNOHANG);
    t->fd = -1;
    printf("ended\t%d\n", (int)(t - terminals));
    return;
  }
  uint64_t ns = now();
  t->length += (size_t)got;
  t->readings = grown(t->readings, &t->readings_room, t->count + 1, sizeof *t->readings);
  t->readings[t->count++] = (struct reading){ns, t->length};
  look_for_mark(t, ns);
}

int main(void) {
  static struct pollfd polled[MAX_TERMINALS + 1];
  signal(SIGPIPE, SIG_IGN);
  for (int i = 0; i < MAX_TERMINALS; i++) terminals[i].fd = -1;
  polled[0] = (struct pollfd){.fd = 0, .events = POLLIN};
  for (;;) {
    /* A negative descriptor is skipped by poll. */
    for (int i = 0; i < used; i++) polled[i + 1] = (struct pollfd){.fd = terminals[i].fd, .events = POLLIN};
    if (poll(polled, (nfds_t)used + 1, -1) < 0 && errno != EINTR) fail("poll");
    for (int i = 0; i < used; i++)
      if (polled[i + 1].fd >= 0 && polled[i + 1].revents != 0) drain(&terminals[i]);
    if (polled[0].revents != 0) commands();
    fflush(stdout);
  }
}
