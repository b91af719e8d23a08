// A client for measuring gateways: one thread, epoll, HTTP/1.1 with kept connections.
//
//     load sse  PORT BODY_FILE STREAMS SECONDS    streams, each after the other on STREAMS connections
//     load rate PORT BODY_FILE PER_SECOND SECONDS requests at a fixed rate, timed from when they were due
//     load hold PORT BODY_FILE STREAMS SECONDS    opens streams; prints how many began; waits for its end
//
// Prints one JSON object. Latencies in ms: `ttft` from the request to its first token, `token` one way
// from the mock's clock in each token. `plateau` is the share of tokens that came 30 to 45 ms late, which
// is what a delayed acknowledgement without TCP_NODELAY does. `bad` counts streams that broke, or had
// other than the first one's tokens; at a rate, answers other than 200, connections that broke, and requests
// for which none of 1,000 was free.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"

struct line {
  int fd, busy, tokens, is_done;
  int64_t began;
  char in[65536];
  size_t length;
};

struct series {
  double *values;
  size_t count, room;
};

static struct series ttft, token;
static int epoll, port, expected, good, bad, late, is_sse, is_hold, begun;
static char request[262144];
static size_t request_size;

static void add(struct series *series, double value) {
  if (series->count == series->room) {
    series->room = series->room ? series->room * 2 : 4096;
    if (!(series->values = realloc(series->values, series->room * sizeof value))) fail("realloc");
  }
  series->values[series->count++] = value;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print(const char *name, struct series *series) {
  if (!series->count) return;
  qsort(series->values, series->count, sizeof(double), compare);
  printf(",\"%s_p50\":%.3f,\"%s_p99\":%.3f", name, series->values[series->count / 2], name,
         series->values[(size_t)(series->count * 0.99)]);
}

static void dial(struct line *line) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons(port)};
  int on = 1;
  line->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (line->fd < 0) fail("socket");
  if (connect(line->fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
  setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = line};
  epoll_ctl(epoll, EPOLL_CTL_ADD, line->fd, &event);
}

static void ask(struct line *line, int64_t since) {
  line->busy = 1;
  line->tokens = line->is_done = 0;
  line->length = 0;
  line->began = since;
  for (size_t sent = 0; sent < request_size;) {
    ssize_t count = write(line->fd, request + sent, request_size - sent);
    if (count <= 0) fail("write");
    sent += count;
  }
}

static void finish(struct line *line) {
  line->busy = 0;
  if (is_sse) {
    if (!expected) expected = line->tokens;
    if (line->is_done && line->tokens == expected) good++; else bad++;
  } else {
    add(&ttft, (now() - line->began) / 1e6);
    good++;
  }
}

static void note_token(struct line *line, const char *text) {
  int64_t time = now();
  double delay = (time - atoll(text)) / 1e6;
  if (line->tokens++ == 0) {
    add(&ttft, (time - line->began) / 1e6);
    begun++;
  }
  add(&token, delay);
  late += delay > 30 && delay < 45;
}

// Takes whole lines of events; the rest stays.
static void take_events(struct line *line) {
  char *start = line->in, *end = line->in + line->length, *feed;
  while ((feed = memchr(start, '\n', end - start))) {
    char *text = memmem(start, feed - start, "\"content\":\"", 11);
    if (text && text[11] >= '0' && text[11] <= '9') note_token(line, text + 11);
    if (feed - start >= 12 && !memcmp(start, "data: [DONE]", 12)) line->is_done = 1;
    if (feed == start + 2 && !memcmp(start, "0\r", 2)) finish(line);
    start = feed + 1;
  }
  memmove(line->in, start, line->length = end - start);
}

static void take_answer(struct line *line) {
  line->in[line->length] = 0;
  char *end = memmem(line->in, line->length, "\r\n\r\n", 4);
  if (!end) return;
  if (memcmp(line->in + 9, "200", 3)) {
    bad++;
    line->busy = line->length = 0;
    return;
  }
  char *field = strcasestr(line->in, "\ncontent-length:");
  size_t body = line->length - (end + 4 - line->in);
  int is_whole = field && field < end ? body >= strtoul(field + 16, NULL, 10)
                                      : body >= 5 && !memcmp(line->in + line->length - 5, "0\r\n\r\n", 5);
  if (!is_whole) return;
  finish(line);
  line->length = 0;
}

static void take(struct line *line) {
  ssize_t count = read(line->fd, line->in + line->length, sizeof line->in - 1 - line->length);
  if (count > 0) {
    line->length += count;
    if (is_sse) take_events(line); else take_answer(line);
    return;
  }
  if (line->busy) bad++;
  close(line->fd);
  line->fd = line->busy = 0;
}

static void load_request(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) fail(path);
  static char body[200000];
  size_t length = fread(body, 1, sizeof body, file);
  fclose(file);
  request_size = snprintf(request, sizeof request,
    "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
    "Content-Length: %zu\r\n\r\n%.*s", port, length, (int)length, body);
}

static void wait_for_answers(int milliseconds) {
  struct epoll_event ready[256];
  int events = epoll_wait(epoll, ready, 256, milliseconds);
  for (int i = 0; i < events; i++) take(ready[i].data.ptr);
}

// Keeps `count` streams going.
static void run_streams(struct line *lines, int count, int64_t until) {
  for (int i = 0; i < count; i++) {
    dial(&lines[i]);
    ask(&lines[i], now());
    // Spread over a token's time, as streams of different people are.
    wait_for_answers(count > 500 ? 0 : 1);
  }
  while (now() < until) {
    wait_for_answers(10);
    if (is_hold && begun + bad >= count) return;
    for (int i = 0; i < count && !is_hold; i++) {
      if (lines[i].busy) continue;
      if (!lines[i].fd) dial(&lines[i]);
      ask(&lines[i], now());
    }
  }
}

static void run_rate(struct line *lines, int count, double per_second, int64_t until) {
  int64_t start = now(), sent = 0;
  for (;;) {
    int64_t due = start + (int64_t)(sent * 1e9 / per_second);
    int64_t left = due - now();
    if (due > until) return;
    if (left > 0) {
      wait_for_answers((int)(left / 1000000));
      continue;
    }
    int i = 0;
    while (i < count && lines[i].busy) i++;
    sent++;
    if (i == count) {
      bad++;
      continue;
    }
    if (!lines[i].fd) dial(&lines[i]);
    ask(&lines[i], due);
  }
}

int main(int count, char **arguments) {
  if (count != 6) return fprintf(stderr, "usage: load sse|rate|hold PORT BODY COUNT SECONDS\n"), 2;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files = {65536, 65536};
  setrlimit(RLIMIT_NOFILE, &files);
  port = atoi(arguments[2]);
  load_request(arguments[3]);
  int is_rate = !strcmp(arguments[1], "rate"), number = atoi(arguments[4]);
  is_hold = !strcmp(arguments[1], "hold");
  is_sse = !is_rate;
  int lines_count = is_rate ? 1000 : number;
  struct line *lines = calloc(lines_count, sizeof *lines);
  if (!lines) fail("calloc");
  epoll = epoll_create1(EPOLL_CLOEXEC);
  int64_t until = now() + (int64_t)(atof(arguments[5]) * 1e9);
  if (is_rate) run_rate(lines, lines_count, number, until);
  else run_streams(lines, number, until);
  printf("{\"good\":%d,\"bad\":%d,\"begun\":%d", good, bad, begun);
  print("ttft", &ttft);
  print("token", &token);
  if (token.count) printf(",\"plateau\":%.4f", (double)late / token.count);
  printf("}\n");
  fflush(stdout);
  while (is_hold && getchar() != EOF) {}
  return 0;
}
