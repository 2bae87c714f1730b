/*
 * What a terminal got, kept in memory: bytes, the moment of each read, and a mark that is waited for. Also the lines of
 * commands by which it is asked for. Shared by terminals.c and crowd.c; knows nothing of where the bytes come from.
 */
#ifndef KEPT_H
#define KEPT_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_KEPT = 4096, MAX_WORDS = 64, MAX_LINE = 65536, MAX_MARK = 256 };

struct reading { uint64_t ns, end; };

struct kept {
  char *bytes;
  size_t length, room;
  struct reading *readings;
  size_t count, readings_room;
  char mark[MAX_MARK];
  size_t mark_length;
  size_t searched;
};

static inline uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline void fail(const char *what) {
  perror(what);
  exit(1);
}

static inline size_t from_hex(const char *hex, char *out, size_t room) {
  size_t length = 0;
  unsigned byte;
  while (length < room && sscanf(hex + 2 * length, "%2x", &byte) == 1) out[length++] = (char)byte;
  return length;
}

static inline void *grown(void *memory, size_t *room, size_t wanted, size_t size) {
  if (wanted <= *room) return memory;
  *room = wanted * 2;
  memory = realloc(memory, *room * size);
  if (memory == NULL) fail("realloc");
  return memory;
}

static inline void look_for_mark(struct kept *k, int id, uint64_t ns) {
  if (k->mark_length == 0) return;
  char *found = k->length == 0 ? NULL : memmem(k->bytes + k->searched, k->length - k->searched, k->mark, k->mark_length);
  if (found == NULL) {
    k->searched = k->length > k->mark_length ? k->length - k->mark_length + 1 : 0;
    return;
  }
  size_t end = (size_t)(found - k->bytes) + k->mark_length;
  k->mark_length = 0;
  printf("mark\t%d\t%llu\t%zu\n", id, (unsigned long long)ns, end);
}

/* Room for `more` bytes at the end of what is kept. */
static inline char *kept_room(struct kept *k, size_t more) {
  k->bytes = grown(k->bytes, &k->room, k->length + more, 1);
  return k->bytes + k->length;
}

/* `got` bytes were put there. */
static inline void keep(struct kept *k, int id, size_t got) {
  uint64_t ns = now();
  k->length += got;
  k->readings = grown(k->readings, &k->readings_room, k->count + 1, sizeof *k->readings);
  k->readings[k->count++] = (struct reading){ns, k->length};
  look_for_mark(k, id, ns);
}

static inline void write_file(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "w");
  if (file == NULL) fail(path);
  fwrite(bytes, 1, length, file);
  fclose(file);
}

static inline void dump(struct kept *k, int id, const char *path) {
  char readings[4096];
  snprintf(readings, sizeof readings, "%s.reads", path);
  write_file(path, k->bytes, k->length);
  write_file(readings, k->readings, k->count * sizeof *k->readings);
  printf("dumped\t%d\t%zu\n", id, k->length);
}

/* The commands that need nothing but what is kept. Returns 0 for others. */
static inline int obey_kept(struct kept *k, char **words) {
  int id = atoi(words[1]);
  if (strcmp(words[0], "mark") == 0) {
    k->mark_length = from_hex(words[2], k->mark, MAX_MARK);
    k->searched = 0;
    look_for_mark(k, id, now());
  } else if (strcmp(words[0], "count") == 0) {
    printf("counted\t%d\t%zu\n", id, k->length);
  } else if (strcmp(words[0], "clear") == 0) {
    k->length = k->count = k->searched = 0;
    printf("cleared\t%d\n", id);
  } else if (strcmp(words[0], "dump") == 0) {
    dump(k, id, words[2]);
  } else {
    return 0;
  }
  return 1;
}

static inline int id_of(const char *word) {
  int id = atoi(word);
  if (id >= 0 && id < MAX_KEPT) return id;
  fprintf(stderr, "no terminal %s\n", word);
  exit(2);
}

/* Reads what stands on standard input, and hands over each line of two words or more. */
static inline void commands(void (*obey)(char **words, int count)) {
  static char line[MAX_LINE];
  static size_t length;
  ssize_t got = read(0, line + length, sizeof line - length);
  if (got <= 0) exit(0);
  length += (size_t)got;
  char *start = line;
  for (char *end; (end = memchr(start, '\n', length - (size_t)(start - line))) != NULL; start = end + 1) {
    char *words[MAX_WORDS] = {0};
    int count = 0;
    *end = 0;
    for (char *rest = start, *word; count < MAX_WORDS && (word = strsep(&rest, "\t")) != NULL;) words[count++] = word;
    if (count >= 2) obey(words, count);
  }
  length -= (size_t)(start - line);
  memmove(line, start, length);
}
#endif
