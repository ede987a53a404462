/* The other side of a hub: opens many WebSockets, publishes marked messages and counts what arrives. One process, one
 * epoll loop, so that it fits on one core beside the server's.
 *
 * It goes from step to step with its parent, which measures the server in between: each step ends with a line of JSON on
 * standard output, and the next begins with a line on standard input.
 *
 *   open     every socket is connected and upgraded
 *   warm     a few messages have gone to everybody (only with --seconds)
 *   fan      messages went out for --seconds, each as soon as the one before had arrived (only with --seconds)
 *
 * Taking a frame costs this process about what sending it costs the server. To be faster than what it measures it
 * watches only every --watch'th socket: those decide when a message has arrived and give the latencies. The others are
 * read when a dozen frames lie in them, and counted frame by frame all the same.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum { BUFFER = 1 << 18, SWEEP = 12, WARM_MESSAGES = 5, STALL_SECONDS = 10, STEPS = 64 };

static const char key[] = "dGhlIHNhbXBsZSBub25jZQ==", accepted[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

static int port = 0, sockets = 1000, sources = 4, opening = 128, watch = 8;
static double seconds = 0;
static bool publishes_frames = false;
static const char *path = "/ws/0", *publish_path = "/pub/0", *publish_body = "{m}";

enum state { CLOSED, CONNECTING, UPGRADING, OPEN };

struct client {
   int fd;
   uint8_t state;
   bool watched;
   uint32_t last;      /* number of the newest message received */
   uint32_t rest;      /* bytes of an unfinished frame, kept in `bytes` */
   uint8_t *bytes;
};

static struct client *clients, publisher;
static bool publisher_waits, go;
static int epoll, next_client, opened, under_way, watched_open;
static uint8_t buffer[BUFFER];

static uint32_t published, watched_arrivals;
static uint64_t published_at, last_arrival, deliveries, duplicates, gaps, refused, lost, publish_failures, strangers;
static bool measuring;
static uint64_t latencies[64 * STEPS], latency_count, worst;

static uint64_t clock_of(clockid_t clock) {
   struct timespec time;
   clock_gettime(clock, &time);
   return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t now(void) { return clock_of(CLOCK_MONOTONIC); }

static void stop(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void stop(const char *format, ...) {
   va_list values;
   va_start(values, format);
   fprintf(stderr, "SocketLoad: ");
   vfprintf(stderr, format, values);
   fputc('\n', stderr);
   va_end(values);
   exit(1);
}

/* Latencies in classes of at most 1.6 %: the power of two of the nanoseconds, cut into 64 steps. */
static void note_latency(uint64_t nanoseconds) {
   int power = 63 - __builtin_clzll(nanoseconds | 1);
   uint64_t step = power < 6 ? 0 : (nanoseconds >> (power - 6)) & (STEPS - 1);
   latencies[power * STEPS + (int)step]++;
   latency_count++;
   if (nanoseconds > worst) { worst = nanoseconds; }
}

static double latency(double quantile) {
   uint64_t target = (uint64_t)(quantile * (double)latency_count), seen = 0;
   for (int i = 0; i < 64 * STEPS; i++) {
      seen += latencies[i];
      if (seen > target) {
         int power = i / STEPS;
         double base = (double)(1ull << power);
         return (base + base * (i % STEPS + 0.5) / STEPS) / 1e6;
      }
   }
   return (double)worst / 1e6;
}

/* Connections */

static int connect_from(int source) {
   int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
   if (fd < 0) { stop("socket: %s", strerror(errno)); }
   setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
   /* Several addresses, or one would run out of ports at some 28,000. */
   struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002u + (uint32_t)source)};
   setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
   if (bind(fd, (struct sockaddr *)&from, sizeof from) != 0) { stop("bind: %s", strerror(errno)); }
   struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) {
      stop("connect: %s", strerror(errno));
   }
   return fd;
}

static void open_client(struct client *client, int source) {
   *client = (struct client){.fd = connect_from(source), .state = CONNECTING};
   struct epoll_event event = {.events = EPOLLOUT, .data.ptr = client};
   epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event);
}

static void send_all(int fd, const void *bytes, size_t count) {
   const char *next = bytes;
   while (count > 0) {
      ssize_t sent = send(fd, next, count, MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) { continue; }
      if (sent <= 0) { stop("send: %s", strerror(errno)); }
      next += sent;
      count -= (size_t)sent;
   }
}

static void upgrade(struct client *client) {
   char request[512];
   int count = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        client == &publisher ? publish_path : path, port, key);
   send_all(client->fd, request, (size_t)count);
   client->state = UPGRADING;
}

static void writable(struct client *client) {
   int error = 0;
   socklen_t size = sizeof error;
   getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size);
   if (error != 0) { stop("connect: %s", strerror(error)); }
   struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
   epoll_ctl(epoll, EPOLL_CTL_MOD, client->fd, &event);
   if (client == &publisher && !publishes_frames) {
      client->state = OPEN;
   } else {
      upgrade(client);
   }
}

static void end_client(struct client *client) {
   if (client == &publisher) { stop("the server closed the publisher's connection"); }
   if (client->state == OPEN) {
      lost++;
      opened--;
      if (client->watched) { watched_open--; }
   } else {
      refused++;
      under_way--;
   }
   close(client->fd);
   free(client->bytes);
   *client = (struct client){.fd = -1, .state = CLOSED};
}

/* Frames */

static void send_frame(int fd, uint8_t opcode, const void *payload, size_t length) {
   static uint8_t frame[BUFFER];
   size_t header = 2;
   if (length > BUFFER - 16) { stop("the message is too long"); }
   frame[0] = 0x80 | opcode;
   if (length < 126) {
      frame[1] = 0x80 | (uint8_t)length;
   } else {
      frame[1] = 0x80 | 126;
      frame[2] = (uint8_t)(length >> 8);
      frame[3] = (uint8_t)length;
      header = 4;
   }
   memset(frame + header, 0, 4);       /* a mask of zeros: the payload goes as it is */
   memcpy(frame + header + 4, payload, length);
   send_all(fd, frame, header + 4 + length);
}

/* A message is marked `bench:NNNNNNNN.` with its number in hexadecimal digits. */
static void take_message(struct client *client, const uint8_t *payload, size_t length, uint64_t time) {
   static size_t usual;
   const char mark[] = "bench:";
   const uint8_t *found = NULL;
   if (usual + 15 <= length && memcmp(payload + usual, mark, 6) == 0) {
      found = payload + usual;
   } else {
      found = memmem(payload, length, mark, 6);
   }
   if (found == NULL || (size_t)(found - payload) + 15 > length) {
      strangers++;
      return;
   }
   usual = (size_t)(found - payload);
   uint32_t number = 0;
   for (int i = 6; i < 14; i++) {
      uint8_t digit = found[i];
      number = number << 4 | (uint32_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
   }
   if (number <= client->last) {
      duplicates++;
      return;
   }
   gaps += number - client->last - 1;
   client->last = number;
   if (measuring) {
      deliveries++;
      last_arrival = time;
   }
   if (client->watched && number == published) {
      watched_arrivals++;
      if (measuring) { note_latency(time - published_at); }
   }
}

/* The bytes used up; the rest is an unfinished frame. SIZE_MAX when the peer closes. */
static size_t take_frames(struct client *client, const uint8_t *bytes, size_t count, uint64_t time) {
   size_t used = 0;
   while (count - used >= 2) {
      const uint8_t *frame = bytes + used;
      size_t header = 2, length = frame[1] & 0x7f, have = count - used;
      if (length == 126) {
         if (have < 4) { break; }
         length = (size_t)frame[2] << 8 | frame[3];
         header = 4;
      } else if (length == 127) {
         stop("a frame of more than 64 KiB");
      }
      if (have < header + length) { break; }
      switch (frame[0] & 0x0f) {
      case 8: return SIZE_MAX;
      case 9: send_frame(client->fd, 10, frame + header, length); break;
      case 10: break;
      default: take_message(client, frame + header, length, time); break;
      }
      used += header + length;
   }
   return used;
}

/* 0 while the answer is not whole, SIZE_MAX for a refusal. */
static size_t take_upgrade(struct client *client, const uint8_t *bytes, size_t count) {
   const uint8_t *end = memmem(bytes, count, "\r\n\r\n", 4);
   if (end == NULL) { return 0; }
   if (memcmp(bytes + 9, "101", 3) != 0 || memmem(bytes, count, accepted, sizeof accepted - 1) == NULL) {
      return SIZE_MAX;
   }
   client->state = OPEN;
   if (client != &publisher) {
      under_way--;
      client->watched = opened % watch == 0;
      opened++;
      if (client->watched) { watched_open++; }
   }
   return (size_t)(end + 4 - bytes);
}

/* The answer to a publication: a status of 2xx and a body of known length. */
static size_t take_answer(const uint8_t *bytes, size_t count) {
   const uint8_t *end = memmem(bytes, count, "\r\n\r\n", 4);
   if (end == NULL) { return 0; }
   char head[2048] = {0};
   size_t size = (size_t)(end + 4 - bytes), length = 0;
   memcpy(head, bytes, size < sizeof head ? size : sizeof head - 1);
   const char *field = strcasestr(head, "\r\ncontent-length:");
   if (field != NULL) {
      length = (size_t)atol(field + 17);
   } else if (strcasestr(head, "\r\ntransfer-encoding:") != NULL) {
      const uint8_t *last = memmem(end, count - (size_t)(end - bytes), "0\r\n\r\n", 5);
      if (last == NULL) { return 0; }
      length = (size_t)(last + 5 - end - 4);
   }
   if (count < size + length) { return 0; }
   if (head[9] != '2') { publish_failures++; }
   publisher_waits = false;
   return size + length;
}

static void readable(struct client *client) {
   if (client->rest > 0) { memcpy(buffer, client->bytes, client->rest); }
   ssize_t got = recv(client->fd, buffer + client->rest, BUFFER - client->rest, MSG_DONTWAIT);
   if (got < 0 && (errno == EAGAIN || errno == EINTR)) { return; }
   if (got <= 0) {
      end_client(client);
      return;
   }
   uint64_t time = now();
   size_t count = client->rest + (size_t)got, used = 0;
   if (client->state == UPGRADING) {
      used = take_upgrade(client, buffer, count);
   } else if (client == &publisher && !publishes_frames) {
      used = take_answer(buffer, count);
   }
   if (used != SIZE_MAX && client->state == OPEN && (client != &publisher || publishes_frames)) {
      size_t more = take_frames(client, buffer + used, count - used, time);
      used = more == SIZE_MAX ? SIZE_MAX : used + more;
   }
   if (used == SIZE_MAX) {
      end_client(client);
      return;
   }
   client->rest = (uint32_t)(count - used);
   if (client->rest > 0) {
      client->bytes = realloc(client->bytes, client->rest);
      if (client->bytes == NULL) { stop("no memory"); }
      memcpy(client->bytes, buffer + used, client->rest);
   } else if (client->bytes != NULL) {
      free(client->bytes);
      client->bytes = NULL;
   }
}

/* One turn of the loop. */
static void turn(int milliseconds) {
   struct epoll_event events[256];
   int count = epoll_wait(epoll, events, 256, milliseconds);
   for (int i = 0; i < count; i++) {
      struct client *client = events[i].data.ptr;
      if (client == NULL) {
         char line[64];
         ssize_t got = read(STDIN_FILENO, line, sizeof line);
         if (got <= 0) { exit(0); }
         go = true;
      } else if (client->state == CONNECTING) {
         writable(client);
      } else if (client->state != CLOSED) {
         readable(client);
      }
   }
}

static void wait_for_go(void) {
   fflush(stdout);
   for (go = false; !go;) { turn(100); }
}

/* Steps */

static void open_everything(void) {
   uint64_t start = now(), progress = start;
   int before = 0;
   clients = calloc((size_t)sockets, sizeof *clients);
   if (clients == NULL) { stop("no memory"); }
   while (next_client < sockets || under_way > 0) {
      while (next_client < sockets && under_way < opening) {
         under_way++;
         open_client(&clients[next_client], next_client % sources);
         next_client++;
      }
      turn(100);
      if (opened + (int)refused != before) {
         before = opened + (int)refused;
         progress = now();
      }
      if (now() - progress > STALL_SECONDS * 1000000000ull) { stop("only %d of %d sockets opened", opened, sockets); }
   }
   double time = (double)(now() - start) / 1e9;
   printf("{\"opened\":%d,\"refused\":%llu,\"seconds\":%.4f}\n", opened, (unsigned long long)refused, time);
}

static void publish(void) {
   static char body[BUFFER / 2], request[BUFFER];
   char mark[32];
   published++;
   watched_arrivals = 0;
   snprintf(mark, sizeof mark, "bench:%08x.", published);
   const char *place = strstr(publish_body, "{m}");
   if (place == NULL) { stop("--publish-body has no {m}"); }
   int count = snprintf(body, sizeof body, "%.*s%s%s", (int)(place - publish_body), publish_body, mark, place + 3);
   published_at = now();
   if (publishes_frames) {
      send_frame(publisher.fd, 1, body, (size_t)count);
   } else {
      int size = snprintf(request, sizeof request,
                          "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
                          "Content-Length: %d\r\n\r\n%s", publish_path, port, count, body);
      publisher_waits = true;
      send_all(publisher.fd, request, (size_t)size);
   }
}

/* Reads a share of the sockets which are not watched, so that each is read every SWEEP messages. */
static int sweep(int limit) {
   static int place;
   int done = 0;
   for (; done < limit; done++) {
      place = place + 1 < sockets ? place + 1 : 0;
      struct client *client = &clients[place];
      if (client->state == OPEN && !client->watched) { readable(client); }
   }
   return done;
}

static bool arrived(void) { return watched_arrivals >= (uint32_t)watched_open && !publisher_waits; }

/* Publishes and waits until the watched sockets have it, reading the others meanwhile. */
static void send_one(void) {
   int share = sockets / SWEEP + 1;
   publish();
   while (!arrived()) {
      if (share > 0) {
         share -= sweep(32);
         turn(0);
      } else {
         turn(100);
      }
      if (now() - published_at > STALL_SECONDS * 1000000000ull) { stop("message %u did not arrive", published); }
   }
   if (share > 0) { sweep(share); }
}

static bool everybody_has(uint32_t number) {
   for (int i = 0; i < sockets; i++) {
      if (clients[i].state == OPEN && clients[i].last < number) { return false; }
   }
   return true;
}

/* The sockets which are not watched have their last frames still in the kernel, or the server has them. */
static void drain(void) {
   uint64_t start = now();
   while (!everybody_has(published) && now() - start < STALL_SECONDS * 1000000000ull) {
      sweep(sockets);
      turn(0);
   }
}

static void fan_out(void) {
   open_client(&publisher, 0);
   while (publisher.state != OPEN) { turn(100); }
   for (int i = 0; i < sockets; i++) {
      if (clients[i].state == OPEN && !clients[i].watched) { epoll_ctl(epoll, EPOLL_CTL_DEL, clients[i].fd, NULL); }
   }
   for (int i = 0; i < WARM_MESSAGES; i++) { send_one(); }
   drain();
   printf("{\"watched\":%d}\n", watched_open);
   wait_for_go();

   uint64_t first = published, start = now(), own = clock_of(CLOCK_PROCESS_CPUTIME_ID);
   measuring = true;
   last_arrival = start;
   while ((double)(now() - start) / 1e9 < seconds) { send_one(); }
   drain();
   own = clock_of(CLOCK_PROCESS_CPUTIME_ID) - own;
   uint64_t expected = (published - first) * (uint64_t)opened;
   double time = (double)(last_arrival - start) / 1e9;
   printf("{\"messages\":%llu,\"expected\":%llu,\"deliveries\":%llu,\"duplicates\":%llu,\"gaps\":%llu,\"lost\":%llu,"
          "\"strangers\":%llu,\"publishFailures\":%llu,\"seconds\":%.4f,\"p50\":%.4f,\"p99\":%.4f,\"max\":%.4f,"
          "\"generatorCPU\":%.4f}\n",
          (unsigned long long)(published - first), (unsigned long long)expected, (unsigned long long)deliveries,
          (unsigned long long)duplicates, (unsigned long long)gaps, (unsigned long long)lost,
          (unsigned long long)strangers, (unsigned long long)publish_failures, time, latency(0.5), latency(0.99),
          (double)worst / 1e6, (double)own / 1e9);
}

static void read_options(int argc, char **argv) {
   static const struct option options[] = {
      {"port", required_argument, NULL, 'p'},    {"sockets", required_argument, NULL, 'n'},
      {"sources", required_argument, NULL, 's'}, {"opening", required_argument, NULL, 'o'},
      {"watch", required_argument, NULL, 'w'},   {"seconds", required_argument, NULL, 't'},
      {"path", required_argument, NULL, 'u'},    {"publish-path", required_argument, NULL, 'P'},
      {"publish-body", required_argument, NULL, 'B'}, {"publish-frames", no_argument, NULL, 'F'},
      {NULL, 0, NULL, 0}};
   for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
      switch (option) {
      case 'p': port = atoi(optarg); break;
      case 'n': sockets = atoi(optarg); break;
      case 's': sources = atoi(optarg); break;
      case 'o': opening = atoi(optarg); break;
      case 'w': watch = atoi(optarg); break;
      case 't': seconds = atof(optarg); break;
      case 'u': path = optarg; break;
      case 'P': publish_path = optarg; break;
      case 'B': publish_body = optarg; break;
      case 'F': publishes_frames = true; break;
      default: exit(64);
      }
   }
   if (port <= 0 || sockets <= 0 || sources <= 0 || opening <= 0 || watch <= 0) {
      stop("--port is needed, and numbers must be above zero");
   }
}

int main(int argc, char **argv) {
   read_options(argc, argv);
   signal(SIGPIPE, SIG_IGN);
   struct rlimit files;
   getrlimit(RLIMIT_NOFILE, &files);
   files.rlim_cur = files.rlim_max;
   setrlimit(RLIMIT_NOFILE, &files);
   if ((rlim_t)sockets + 32 > files.rlim_cur) {
      stop("%d sockets are more than the %lu files a process may open here", sockets, (unsigned long)files.rlim_cur);
   }
   epoll = epoll_create1(EPOLL_CLOEXEC);
   struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
   epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
   open_everything();
   wait_for_go();
   if (seconds > 0) {
      fan_out();
      wait_for_go();
   }
   return 0;
}
