/*
 * One who watches over ttyd, with no more than it takes: shakes hands (RFC 6455), tells the size of its terminal, and
 * prints what it is sent. A message is printed when all of it is here, as a browser has it. It asks for no compression.
 *
 * ttyd's messages begin with a letter that says what they are; '0' is what the program printed, and nothing else is
 * shown by a terminal.
 *
 *   cc -O2 -o websocket websocket.c
 *   ./websocket PORT        (of the loopback)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { FINAL = 0x80, MASKED = 0x80, MAX_SHORT = 125, MAX_LINE = 512, BUFFER = 64 * 1024 };
enum opcode { CONTINUED = 0, TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

static const char OUTPUT = '0';

static FILE *server;

/* Ends with the server. */
static void take(void *bytes, size_t length) {
  if (fread(bytes, 1, length, server) != length) exit(0);
}

static uint64_t take_number(size_t length) {
  uint8_t bytes[8];
  uint64_t number = 0;
  take(bytes, length);
  for (size_t i = 0; i < length; i++) number = number << 8 | bytes[i];
  return number;
}

static void send_all(const void *bytes, size_t length) {
  if (send(fileno(server), bytes, length, MSG_NOSIGNAL) != (ssize_t)length) exit(0);
}

/* A short message. Clients have to mask what they say; the key of zeros changes nothing of it. */
static void tell(enum opcode opcode, const void *bytes, size_t length) {
  uint8_t frame[6 + MAX_SHORT] = {(uint8_t)(FINAL | opcode), (uint8_t)(MASKED | length)};
  memcpy(frame + 6, bytes, length);
  send_all(frame, 6 + length);
}

static void connect_to(const char *port) {
  int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) err(1, "port %s", port);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  server = fdopen(fd, "r");
  setvbuf(server, NULL, _IOFBF, BUFFER);
}

static void shake_hands(const char *port) {
  char line[MAX_LINE];
  int length = snprintf(line, sizeof line,
                        "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: bm90aGluZyBvZiB1c2UhIQ==\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Protocol: tty\r\n\r\n",
                        port);
  send_all(line, (size_t)length);
  if (fgets(line, sizeof line, server) == NULL || strstr(line, " 101 ") == NULL) errx(1, "refused");
  while (strcmp(line, "\r\n") != 0)
    if (fgets(line, sizeof line, server) == NULL) errx(1, "refused");
}

/* What is printed must reach the terminal as it came. */
static void make_raw(void) {
  struct termios how;
  if (tcgetattr(STDIN_FILENO, &how) < 0) err(1, "no terminal");
  cfmakeraw(&how);
  tcsetattr(STDIN_FILENO, TCSANOW, &how);
}

static void tell_size(void) {
  struct winsize size;
  char json[MAX_SHORT];
  if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0) err(1, "no terminal");
  int length = snprintf(json, sizeof json, "{\"AuthToken\":\"\",\"columns\":%d,\"rows\":%d}", size.ws_col, size.ws_row);
  tell(TEXT, json, (size_t)length);
}

static void print(const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t wrote = write(STDOUT_FILENO, bytes, length);
    if (wrote <= 0) exit(0);
    bytes += wrote;
    length -= (size_t)wrote;
  }
}

/* Takes one frame; a message may be several. */
static void obey(void) {
  static uint8_t *payload;
  static size_t room;
  static char letter;
  enum opcode opcode = take_number(1) & 0x0f;
  uint64_t length = take_number(1);
  if (length > MAX_SHORT) length = take_number(length == MAX_SHORT + 1 ? 2 : 8);
  if (length > room && (payload = realloc(payload, room = length)) == NULL) err(1, "memory");
  take(payload, length);
  if (opcode == CLOSE) exit(0);
  if (opcode == PING) return tell(PONG, payload, length);
  if (opcode > PING || length == 0) return;
  size_t from = opcode == CONTINUED ? 0 : 1;
  if (from == 1) letter = (char)payload[0];
  if (letter == OUTPUT) print(payload + from, length - from);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  make_raw();
  connect_to(argv[1]);
  shake_hands(argv[1]);
  tell_size();
  for (;;) obey();
}
