/* One epoll loop with connections that speak HTTP (one request at a time, kept alive) or WebSocket. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum { BUFFER = 1 << 18, SOURCES = 4 };

static const char key[] = "dGhlIHNhbXBsZSBub25jZQ==", accepted[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
static const struct scene *scene;
static int epoll, http_port, socket_port;
static const char *subprotocol;
static bool go;
static uint8_t buffer[BUFFER];
static struct { const char *path, *token; } *upgrades;
static int upgrade_count;

static uint64_t clock_of(clockid_t clock) {
   struct timespec time;
   clock_gettime(clock, &time);
   return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t now(void) { return clock_of(CLOCK_MONOTONIC); }

uint64_t own_time(void) { return clock_of(CLOCK_PROCESS_CPUTIME_ID); }

void stop(const char *format, ...) {
   va_list values;
   va_start(values, format);
   fprintf(stderr, "DutyLoad: ");
   vfprintf(stderr, format, values);
   fputc('\n', stderr);
   va_end(values);
   exit(1);
}

void note(struct latencies *latencies, uint64_t nanoseconds) {
   int power = 63 - __builtin_clzll(nanoseconds | 1);
   uint64_t step = power < 6 ? 0 : (nanoseconds >> (power - 6)) & (STEPS - 1);
   latencies->classes[power * STEPS + (int)step]++;
   latencies->count++;
   if (nanoseconds > latencies->worst) { latencies->worst = nanoseconds; }
}

double quantile(const struct latencies *latencies, double share) {
   uint64_t target = (uint64_t)(share * (double)latencies->count), seen = 0;
   for (int i = 0; i < 64 * STEPS; i++) {
      seen += latencies->classes[i];
      if (seen > target) {
         double base = (double)(1ull << (i / STEPS));
         return (base + base * (i % STEPS + 0.5) / STEPS) / 1e6;
      }
   }
   return (double)latencies->worst / 1e6;
}

void print_latencies(const char *name, const struct latencies *latencies) {
   printf("\"%s\":{\"count\":%llu,\"p50\":%.4f,\"p90\":%.4f,\"p99\":%.4f,\"max\":%.4f}", name,
          (unsigned long long)latencies->count, quantile(latencies, 0.5), quantile(latencies, 0.9),
          quantile(latencies, 0.99), (double)latencies->worst / 1e6);
}

struct lines read_lines(const char *file) {
   struct lines lines = {0};
   FILE *stream = fopen(file, "r");
   if (stream == NULL) { stop("%s: %s", file, strerror(errno)); }
   char *line = NULL;
   size_t size = 0;
   for (ssize_t length; (length = getline(&line, &size, stream)) > 0;) {
      if (line[length - 1] == '\n') { line[length - 1] = 0; }
      lines.line = realloc(lines.line, (size_t)(lines.count + 1) * sizeof *lines.line);
      if (lines.line == NULL) { stop("no memory"); }
      lines.line[lines.count++] = strdup(line);
   }
   free(line);
   fclose(stream);
   return lines;
}

/* Connections */

/* A line of a head, or nothing: three arguments for `%s%s%s`. */
#define FIELD(name, value) value == NULL ? "" : name, value == NULL ? "" : value, value == NULL ? "" : "\r\n"

void start_loop(const struct scene *played, int port, int port_of_sockets) {
   scene = played;
   http_port = port;
   socket_port = port_of_sockets > 0 ? port_of_sockets : port;
   epoll = epoll_create1(EPOLL_CLOEXEC);
   struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
   epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
}

static void send_all(int fd, const void *bytes, size_t count) {
   const char *next = bytes;
   while (count > 0) {
      ssize_t sent = send(fd, next, count, MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) { continue; }
      if (sent <= 0) { return; }      /* the end of the connection is noticed by who reads it */
      next += sent;
      count -= (size_t)sent;
   }
}

void offer(const char *name) { subprotocol = name; }

static void end(struct connection *connection) {
   close(connection->fd);
   free(connection->bytes);
   connection->bytes = NULL;
   connection->rest = 0;
   scene->ended(connection);
   connection->fd = -1;
   connection->state = CLOSED;
}

static void connect_it(
   struct connection *connection, enum kind kind, int index, const char *path, const char *token, int room) {
   int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
   if (fd < 0) { stop("socket: %s", strerror(errno)); }
   if (room > 0) { setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room); }
   setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
   setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
   struct sockaddr_in from = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(0x7f000002u + (uint32_t)(index % SOURCES))};
   if (bind(fd, (struct sockaddr *)&from, sizeof from) != 0) { stop("bind: %s", strerror(errno)); }
   struct sockaddr_in to = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)(kind == HTTP ? http_port : socket_port)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   *connection = (struct connection){.fd = fd, .index = index, .kind = (uint8_t)kind, .state = CONNECTING};
   if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) {
      if (!scene->endures) { stop("connect: %s", strerror(errno)); }
      end(connection);
      return;
   }
   if (kind == SOCKET) {
      if (index >= upgrade_count) {
         upgrades = realloc(upgrades, (size_t)(index + 1) * sizeof *upgrades);
         if (upgrades == NULL) { stop("no memory"); }
         upgrade_count = index + 1;
      }
      upgrades[index].path = path;
      upgrades[index].token = token;
   }
   struct epoll_event event = {.events = EPOLLOUT, .data.ptr = connection};
   epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

void open_connection(struct connection *connection, enum kind kind, int index, const char *path, const char *token) {
   connect_it(connection, kind, index, path, token, 0);
}

void open_deaf_socket(struct connection *connection, int index, const char *path) {
   connect_it(connection, SOCKET, index, path, NULL, 1);
   connection->is_deaf = true;
}

void listen_again(struct connection *connection) {
   struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
   if (connection->is_deaf && connection->state == OPEN) { epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event); }
   connection->is_deaf = false;
}

static void writable(struct connection *connection) {
   int error = 0;
   socklen_t size = sizeof error;
   getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
   if (error != 0) {
      if (!scene->endures) { stop("connect: %s", strerror(error)); }
      end(connection);
      return;
   }
   struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
   epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event);
   if (connection->kind == HTTP) {
      connection->state = OPEN;
      scene->opened(connection);
      return;
   }
   char request[2048];
   const char *token = upgrades[connection->index].token;
   int count = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s%s%s%s%s%s\r\n",
                        upgrades[connection->index].path, socket_port, key,
                        FIELD("Sec-WebSocket-Protocol: ", subprotocol), FIELD("Authorization: Bearer ", token));
   send_all(connection->fd, request, (size_t)count);
   connection->state = UPGRADING;
}

void send_request(
   struct connection *connection, const char *method, const char *path, const char *token, const char *body) {
   static char request[8192];
   int count = snprintf(request, sizeof request,
                        "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%s%s"
                        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                        method, path, http_port, FIELD("Authorization: Bearer ", token), strlen(body), body);
   if (count < 0 || (size_t)count >= sizeof request) { stop("the request is too long"); }
   connection->is_busy = true;
   send_all(connection->fd, request, (size_t)count);
}

void send_text(struct connection *connection, const char *text, size_t length) {
   static uint8_t frame[8192 + 8];
   size_t header = 2;
   if (length > 8192) { stop("the message is too long"); }
   frame[0] = 0x81;
   if (length < 126) {
      frame[1] = 0x80 | (uint8_t)length;
   } else {
      frame[1] = 0x80 | 126;
      frame[2] = (uint8_t)(length >> 8);
      frame[3] = (uint8_t)length;
      header = 4;
   }
   memset(frame + header, 0, 4);       /* a mask of zeros: the payload goes as it is */
   memcpy(frame + header + 4, text, length);
   send_all(connection->fd, frame, header + 4 + length);
}

/* Frames and answers: each returns the bytes used up, 0 while something is unfinished, SIZE_MAX to end the connection. */

static size_t take_upgrade(struct connection *connection, const uint8_t *bytes, size_t count) {
   const uint8_t *end = memmem(bytes, count, "\r\n\r\n", 4);
   if (end == NULL) { return 0; }
   if (memcmp(bytes + 9, "101", 3) != 0 || memmem(bytes, count, accepted, sizeof accepted - 1) == NULL) {
      if (!scene->endures) {
         fprintf(stderr, "refused: %.*s\n", (int)(count < 400 ? count : 400), (const char *)bytes);
      }
      return SIZE_MAX;
   }
   connection->state = OPEN;
   if (connection->is_deaf) { epoll_ctl(epoll, EPOLL_CTL_DEL, connection->fd, NULL); }
   scene->opened(connection);
   return (size_t)(end + 4 - bytes);
}

static void send_pong(int fd, const uint8_t *payload, size_t length) {
   uint8_t frame[131] = {0x8a, (uint8_t)(0x80 | length)};      /* a mask of zeros: the payload goes as it is */
   if (length > 125) { return; }
   memcpy(frame + 6, payload, length);
   send_all(fd, frame, 6 + length);
}

static size_t take_frame(struct connection *connection, const uint8_t *bytes, size_t count, uint64_t time) {
   if (count < 2) { return 0; }
   size_t header = 2, length = bytes[1] & 0x7f;
   if (length == 126) {
      if (count < 4) { return 0; }
      length = (size_t)bytes[2] << 8 | bytes[3];
      header = 4;
   } else if (length == 127) {
      stop("a frame of more than 64 KiB");
   }
   if (count < header + length) { return 0; }
   switch (bytes[0] & 0x0f) {
   case 8: return SIZE_MAX;
   case 9: send_pong(connection->fd, bytes + header, length); break;
   case 10: break;
   default: scene->heard(connection, (const char *)bytes + header, length, time); break;
   }
   return header + length;
}

static size_t take_answer(struct connection *connection, const uint8_t *bytes, size_t count, uint64_t time) {
   const uint8_t *end = memmem(bytes, count, "\r\n\r\n", 4);
   if (end == NULL) { return 0; }
   char head[4096] = {0};
   size_t size = (size_t)(end + 4 - bytes), length = 0;
   memcpy(head, bytes, size < sizeof head ? size : sizeof head - 1);
   const char *field = strcasestr(head, "\r\ncontent-length:");
   if (field != NULL) {
      length = (size_t)atol(field + 17);
   } else if (strcasestr(head, "\r\ntransfer-encoding:") != NULL) {
      const uint8_t *last = memmem(end, count - (size_t)(end - bytes), "0\r\n\r\n", 5);
      if (last == NULL) { return 0; }
      length = (size_t)(last + 5 - end - 4);
   } else {
      stop("an answer without Content-Length: %.200s", head);
   }
   if (count < size + length) { return 0; }
   connection->is_busy = false;
   bool ends = strcasestr(head, "\r\nconnection: close") != NULL;
   scene->answered(connection, atoi(head + 9), (const char *)bytes + size, length, time);
   return ends ? SIZE_MAX : size + length;
}

static void readable(struct connection *connection) {
   if (connection->rest > 0) { memcpy(buffer, connection->bytes, connection->rest); }
   ssize_t got = recv(connection->fd, buffer + connection->rest, BUFFER - connection->rest, MSG_DONTWAIT);
   if (got < 0 && (errno == EAGAIN || errno == EINTR)) { return; }
   if (got <= 0) {
      end(connection);
      return;
   }
   uint64_t time = now();
   size_t count = connection->rest + (size_t)got, used = 0, step = 1;
   while (step != 0 && used < count) {
      const uint8_t *next = buffer + used;
      if (connection->state == UPGRADING) {
         step = take_upgrade(connection, next, count - used);
      } else if (connection->kind == HTTP) {
         step = take_answer(connection, next, count - used, time);
      } else {
         step = take_frame(connection, next, count - used, time);
      }
      if (step == SIZE_MAX) {
         end(connection);
         return;
      }
      used += step;
   }
   connection->rest = (uint32_t)(count - used);
   if (connection->rest > 0) {
      connection->bytes = realloc(connection->bytes, connection->rest);
      if (connection->bytes == NULL) { stop("no memory"); }
      memcpy(connection->bytes, buffer + used, connection->rest);
   } else if (connection->bytes != NULL) {
      free(connection->bytes);
      connection->bytes = NULL;
   }
}

void turn(uint64_t until) {
   struct epoll_event events[256];
   uint64_t time = now(), left = until > time ? until - time : 0;
   struct timespec wait = {.tv_sec = (time_t)(left / 1000000000u), .tv_nsec = (long)(left % 1000000000u)};
   int count = epoll_pwait2(epoll, events, 256, &wait, NULL);
   for (int i = 0; i < count; i++) {
      struct connection *connection = events[i].data.ptr;
      if (connection == NULL) {
         char line[64];
         ssize_t got = read(STDIN_FILENO, line, sizeof line);
         if (got <= 0) { exit(0); }
         go = true;
      } else if (connection->state == CONNECTING) {
         writable(connection);
      } else if (connection->state != CLOSED) {
         readable(connection);
      }
   }
}

void wait_for_go(void) {
   fflush(stdout);
   for (go = false; !go;) { turn(now() + 100000000u); }
}
