// Two network namespaces joined by links that behave as recorded: every IP packet is held back for half of
// the round trip of that moment, or lost, so that the kernel's own TCP runs over them.
//
//     shaper FAR_PID START_NS NAME=COURSE_FILE...
//
// For each link it makes a TUN device NAME here and one in the namespace of the process FAR_PID, prints
// "ready", and carries packets until its input ends. A course has lines "MS RTT_MS", in order, MS since
// START_NS (CLOCK_REALTIME): a packet fares as the next line says; after the last line it begins anew. An RTT
// below zero is a loss, of one direction in turn: a ping that is lost was lost on one of its two ways.
// Packets of one direction stay in order. Commands, one a line: "down NAME", "up NAME", "stats". Counts are
// printed as JSON, for "stats" and at the end.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { UP, DOWN, WAYS, LINKS = 8, PACKET = 2048, QUEUE = 4096 };

struct packet {
  int64_t due;
  int length;
  char bytes[PACKET];
};

struct way {
  int from, to;
  struct packet *queue;
  unsigned head, tail;
  int64_t last_due;
  long bytes, packets, lost;
};

struct link {
  char name[16];
  int is_down, count;
  double *ms, *rtt;
  struct way ways[WAYS];
};

static struct link links[LINKS];
static int link_count;
static int64_t start;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int device(const char *name) {
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) fail("/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  if (ioctl(fd, TUNSETIFF, &request)) fail("TUNSETIFF");
  return fd;
}

static int namespace_of(const char *pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/ns/net", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(path);
  return fd;
}

static int device_in(int space, int home, const char *name) {
  if (setns(space, CLONE_NEWNET)) fail("setns");
  int fd = device(name);
  if (setns(home, CLONE_NEWNET)) fail("setns");
  return fd;
}

static void read_course(struct link *link, const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) fail(path);
  double ms, rtt;
  int room = 0;
  while (fscanf(file, "%lf %lf", &ms, &rtt) == 2) {
    if (link->count == room) {
      room = room ? room * 2 : 1024;
      link->ms = realloc(link->ms, room * sizeof ms);
      link->rtt = realloc(link->rtt, room * sizeof rtt);
      if (!link->ms || !link->rtt) fail("realloc");
    }
    link->ms[link->count] = ms;
    link->rtt[link->count++] = rtt;
  }
  fclose(file);
  if (!link->count) {
    fprintf(stderr, "shaper: %s has no line \"MS RTT_MS\"\n", path);
    exit(2);
  }
}

static void make_link(const char *argument, int here, int far) {
  struct link *link = &links[link_count++];
  const char *equals = strchr(argument, '=');
  if (!equals || equals - argument >= (int)sizeof link->name) {
    fprintf(stderr, "shaper: %s is not NAME=COURSE_FILE\n", argument);
    exit(2);
  }
  memcpy(link->name, argument, equals - argument);
  read_course(link, equals + 1);
  int near_end = device_in(here, here, link->name);
  int far_end = device_in(far, here, link->name);
  link->ways[UP] = (struct way){.from = near_end, .to = far_end};
  link->ways[DOWN] = (struct way){.from = far_end, .to = near_end};
  for (int way = 0; way < WAYS; way++)
    if (!(link->ways[way].queue = calloc(QUEUE, sizeof(struct packet)))) fail("calloc");
}

// What a packet of `way` meets at `time`: how long it is held back in ns, or -1 where it is lost.
static int64_t fate(struct link *link, int way, int64_t time) {
  if (link->is_down) return -1;
  double ms = (time - start) / 1e6, length = link->ms[link->count - 1];
  if (length > 0 && ms > length) ms -= length * (int64_t)(ms / length);
  int low = 0, high = link->count - 1;
  while (low < high) {
    int middle = (low + high) / 2;
    if (link->ms[middle] < ms) low = middle + 1; else high = middle;
  }
  if (link->rtt[low] < 0) {
    if (low % WAYS == way) return -1;
    while (low > 0 && link->rtt[low] < 0) low--;
  }
  return link->rtt[low] < 0 ? 0 : (int64_t)(link->rtt[low] * 1e6 / 2);
}

static void take(struct link *link, int direction) {
  struct way *way = &link->ways[direction];
  for (;;) {
    struct packet *packet = &way->queue[way->tail % QUEUE];
    int is_full = way->tail - way->head == QUEUE;
    static char spill[PACKET];
    ssize_t length = read(way->from, is_full ? spill : packet->bytes, PACKET);
    if (length <= 0) return;
    way->packets++;
    way->bytes += length;
    int64_t time = now(), delay = fate(link, direction, time);
    if (is_full || delay < 0) {
      way->lost++;
      continue;
    }
    packet->length = length;
    packet->due = time + delay > way->last_due ? time + delay : way->last_due;
    way->last_due = packet->due;
    way->tail++;
  }
}

static void deliver(struct way *way, int64_t time) {
  while (way->head != way->tail && way->queue[way->head % QUEUE].due <= time) {
    struct packet *packet = &way->queue[way->head++ % QUEUE];
    if (write(way->to, packet->bytes, packet->length) < 0 && errno != EAGAIN && errno != EIO)
      fail("write");
  }
}

static void print_stats(void) {
  printf("{");
  for (int i = 0; i < link_count; i++) {
    struct way *ways = links[i].ways;
    printf("%s\"%s\":{\"bytesUp\":%ld,\"bytesDown\":%ld,\"packets\":%ld,\"lost\":%ld}", i ? "," : "",
           links[i].name, ways[UP].bytes, ways[DOWN].bytes, ways[UP].packets + ways[DOWN].packets,
           ways[UP].lost + ways[DOWN].lost);
  }
  printf("}\n");
  fflush(stdout);
}

// Carries out the commands that were read; false at the end of the input.
static int obey(void) {
  char text[256], word[16], name[16];
  ssize_t count = read(STDIN_FILENO, text, sizeof text - 1);
  if (count <= 0) return 0;
  text[count] = 0;
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    if (!strcmp(line, "stats")) print_stats();
    if (sscanf(line, "%15s %15s", word, name) != 2) continue;
    for (int i = 0; i < link_count; i++)
      if (!strcmp(links[i].name, name)) links[i].is_down = !strcmp(word, "down");
  }
  return 1;
}

static int64_t next_due(void) {
  int64_t due = INT64_MAX;
  for (int i = 0; i < link_count * WAYS; i++) {
    struct way *way = &links[i / WAYS].ways[i % WAYS];
    if (way->head != way->tail && way->queue[way->head % QUEUE].due < due)
      due = way->queue[way->head % QUEUE].due;
  }
  return due;
}

int main(int count, char **arguments) {
  if (count < 4 || count - 3 > LINKS)
    return fprintf(stderr, "usage: shaper FAR_PID START_NS NAME=COURSE_FILE...\n"), 2;
  start = atoll(arguments[2]);
  int here = namespace_of("self"), far = namespace_of(arguments[1]);
  for (int i = 3; i < count; i++) make_link(arguments[i], here, far);
  printf("ready\n");
  fflush(stdout);
  struct pollfd inputs[1 + LINKS * WAYS] = {{.fd = STDIN_FILENO, .events = POLLIN}};
  for (int i = 0; i < link_count * WAYS; i++)
    inputs[1 + i] = (struct pollfd){.fd = links[i / WAYS].ways[i % WAYS].from, .events = POLLIN};
  for (;;) {
    int64_t due = next_due(), left = due == INT64_MAX ? 1000000000 : due - now();
    if (left < 0) left = 0;
    struct timespec wait = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    ppoll(inputs, 1 + link_count * WAYS, &wait, NULL);
    if (inputs[0].revents && !obey()) break;
    for (int i = 0; i < link_count * WAYS; i++) {
      if (inputs[1 + i].revents) take(&links[i / WAYS], i % WAYS);
      deliver(&links[i / WAYS].ways[i % WAYS], now());
    }
  }
  print_stats();
  return 0;
}
