// A backend for measuring gateways: one thread, epoll, HTTP/1.1, nothing but chat completions.
//
//     mock TOKENS INTERVAL_MS    prints its port, then serves until it is killed
//
// A request without "stream":true is answered at once with 0.55 KB of JSON. A stream has TOKENS events,
// INTERVAL_MS apart, each of which carries the clock (CLOCK_MONOTONIC, ns) at which it was written. A
// stream of the user "hold" sends one token and then nothing.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common.h"

struct peer {
  int fd, token, holds;
  char *in;
  size_t length, room;
  int64_t due;
  struct peer *next;
};

static struct peer *first, *last;  // those with a token to come, soonest first
static int tokens;
static int64_t interval;
static char whole[2048];
static size_t whole_length;

static void make_answer(void) {
  char body[1024];
  int used = snprintf(body, sizeof body,
    "{\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion\",\"created\":1700000000,"
    "\"model\":\"mock\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{"
    "\"role\":\"assistant\",\"content\":\"");
  for (int i = 0; i < 10; i++)
    used += snprintf(body + used, sizeof body - used, "Mercury, Venus, Earth, Mars. ");
  used += snprintf(body + used, sizeof body - used,
    "\"}}],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":80,\"total_tokens\":92}}");
  whole_length = snprintf(whole, sizeof whole,
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", used, body);
}

static void send_all(struct peer *peer, const char *bytes, size_t length) {
  // What the other side does not take at once is lost, which it will see as a damaged stream.
  if (write(peer->fd, bytes, length) < 0 && errno != EAGAIN && errno != EPIPE && errno != ECONNRESET)
    fail("write");
}

static void send_event(struct peer *peer, const char *content, const char *reason, const char *after) {
  char event[512], chunk[640];
  int length = snprintf(event, sizeof event,
    "data: {\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
    "\"model\":\"mock\",\"system_fingerprint\":\"fp_mock\",\"choices\":[{\"index\":0,\"delta\":{%s},"
    "\"logprobs\":null,\"finish_reason\":%s}]}\n\n", content, reason);
  int all = snprintf(chunk, sizeof chunk, "%x\r\n%s\r\n%s", length, event, after);
  send_all(peer, chunk, all);
}

static void queue(struct peer *peer, int64_t due) {
  peer->due = due;
  peer->next = NULL;
  if (last) last->next = peer; else first = peer;
  last = peer;
}

static void unqueue(struct peer *peer) {
  struct peer *before = NULL;
  for (struct peer *each = first; each; before = each, each = each->next) {
    if (each != peer) continue;
    if (before) before->next = each->next; else first = each->next;
    if (last == each) last = before;
    return;
  }
}

static void send_token(struct peer *peer) {
  char content[80];
  if (peer->token++ == tokens) {
    send_event(peer, "", "\"stop\"", "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
    return;
  }
  snprintf(content, sizeof content, "\"content\":\"%lld \"", (long long)now());
  send_event(peer, content, "null", "");
  if (!peer->holds) queue(peer, peer->due + interval);
}

static void answer(struct peer *peer, const char *request, size_t length) {
  const char models[] = "{\"object\":\"list\",\"data\":[{\"id\":\"mock\",\"object\":\"model\","
    "\"created\":1700000000,\"owned_by\":\"mock\"}]}";
  char text[512];
  if (memcmp(request, "POST", 4)) {
    int used = snprintf(text, sizeof text,
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
      sizeof models - 1, models);
    return send_all(peer, text, used);
  }
  if (!memmem(request, length, "\"stream\":true", 13) && !memmem(request, length, "\"stream\": true", 14))
    return send_all(peer, whole, whole_length);
  const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";
  send_all(peer, head, sizeof head - 1);
  peer->holds = memmem(request, length, "\"hold\"", 6) != NULL;
  peer->token = 0;
  queue(peer, now() + interval);
}

// The length of the request at the start of the input, 0 while it is not whole.
static size_t request_length(struct peer *peer) {
  char *end = memmem(peer->in, peer->length, "\r\n\r\n", 4);
  if (!end) return 0;
  size_t head = end + 4 - peer->in, body = 0;
  for (char *line = peer->in; line < end; line = (char *)memchr(line, '\n', end + 2 - line) + 1) {
    if (!strncasecmp(line, "content-length:", 15)) body = strtoul(line + 15, NULL, 10);
    if (!strncasecmp(line, "transfer-encoding: chunked", 26)) {
      char *tail = memmem(end, peer->length - (end - peer->in), "\r\n0\r\n\r\n", 7);
      return tail ? (size_t)(tail + 7 - peer->in) : 0;
    }
  }
  return peer->length >= head + body ? head + body : 0;
}

static void drop(struct peer *peer) {
  unqueue(peer);
  close(peer->fd);
  free(peer->in);
  free(peer);
}

static void take(struct peer *peer) {
  for (;;) {
    if (peer->room - peer->length < 65536) {
      peer->room += 131072;
      if (!(peer->in = realloc(peer->in, peer->room + 1))) fail("realloc");
    }
    ssize_t count = read(peer->fd, peer->in + peer->length, peer->room - peer->length);
    if (count < 0 && errno == EAGAIN) break;
    if (count <= 0) return drop(peer);
    peer->length += count;
    peer->in[peer->length] = 0;
    size_t request;
    while ((request = request_length(peer))) {
      answer(peer, peer->in, request);
      memmove(peer->in, peer->in + request, peer->length -= request);
    }
  }
  if (peer->length == 0) {
    free(peer->in);
    peer->in = NULL;
    peer->room = 0;
  }
}

static void accept_all(int listener, int epoll) {
  int fd, on = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct peer *peer = calloc(1, sizeof *peer);
    if (!peer) fail("calloc");
    peer->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
  }
}

static void arm(int timer) {
  struct itimerspec when = {0};
  if (first) {
    int64_t due = first->due;
    when.it_value.tv_sec = due / 1000000000;
    when.it_value.tv_nsec = due % 1000000000;
  }
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

int main(int count, char **arguments) {
  if (count != 3) return fprintf(stderr, "usage: mock TOKENS INTERVAL_MS\n"), 2;
  tokens = atoi(arguments[1]);
  interval = atoll(arguments[2]) * 1000000;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files = {65536, 65536};
  setrlimit(RLIMIT_NOFILE, &files);
  make_answer();
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096)) fail("listen");
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = &listener};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  event.data.ptr = &timer;
  epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event);
  for (;;) {
    struct epoll_event ready[256];
    arm(timer);
    int events = epoll_wait(epoll, ready, 256, -1);
    for (int i = 0; i < events; i++) {
      if (ready[i].data.ptr == &listener) accept_all(listener, epoll);
      else if (ready[i].data.ptr != &timer) take(ready[i].data.ptr);
    }
    while (first && first->due <= now()) {
      struct peer *peer = first;
      first = peer->next;
      if (!first) last = NULL;
      send_token(peer);
    }
  }
}
