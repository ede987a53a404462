/* What the kernel charges for the work itself: one thread, one epoll loop, no queue, no limit, no parser worth the
 * name. A server which comes close to it has nothing left to save.
 *
 *   GET  /api/health    a fixed answer
 *   GET  /ws/{topic}    opens a WebSocket; the key is RFC 6455's own example, which SocketLoad always sends
 *   POST /pub/{topic}   sends the body to every socket of the topic, one send() each
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DESCRIPTORS = 1 << 16, TOPICS = 1 << 14, REQUEST_BYTES = 1 << 16 };

struct topic {
   int *members;
   size_t count, room;
};

/* A connection speaks HTTP while `topic` is negative. */
struct connection {
   char *input;
   size_t length;
   int topic;
   size_t place;
};

static struct topic topics[TOPICS];
static struct connection connections[DESCRIPTORS];

static void *grown(void *memory, size_t size) {
   void *result = realloc(memory, size);
   if (result == NULL) {
      perror("memory");
      exit(1);
   }
   return result;
}

static void subscribe(int fd, int name) {
   struct topic *topic = &topics[name];
   if (topic->count == topic->room) {
      topic->room = topic->room ? topic->room * 2 : 16;
      topic->members = grown(topic->members, topic->room * sizeof *topic->members);
   }
   connections[fd].topic = name;
   connections[fd].place = topic->count;
   topic->members[topic->count++] = fd;
}

static void drop(int fd) {
   struct connection *connection = &connections[fd];
   if (connection->topic >= 0) {
      struct topic *topic = &topics[connection->topic];
      int last = topic->members[--topic->count];
      topic->members[connection->place] = last;
      connections[last].place = connection->place;
   }
   free(connection->input);
   *connection = (struct connection){.topic = -1};
   close(fd);
}

static bool say(int fd, const char *bytes, size_t count) {
   return send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)count;
}

/* Who cannot take a frame at once is dropped: a lost delivery must show in the count. */
static void publish(int name, const char *body, size_t length) {
   static char frame[REQUEST_BYTES + 4];
   size_t header = 2;
   frame[0] = (char)0x81;
   if (length < 126) {
      frame[1] = (char)length;
   } else {
      frame[1] = 126;
      frame[2] = (char)(length >> 8);
      frame[3] = (char)length;
      header = 4;
   }
   memcpy(frame + header, body, length);
   struct topic *topic = &topics[name];
   for (size_t i = topic->count; i-- > 0;) {
      if (!say(topic->members[i], frame, header + length)) { drop(topic->members[i]); }
   }
}

#define ANSWER(status, fields, body) "HTTP/1.1 " status "\r\n" fields "\r\n" body
static const char upgraded[] = ANSWER("101 Switching Protocols",
                                      "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "");
static const char healthy[] = ANSWER("200 OK", "Content-Type: application/json\r\nContent-Length: 58\r\n",
                                     "{\"success\":true,\"message\":\"Service is healthy.\",\"data\":{}}");
static const char empty[] = ANSWER("200 OK", "Content-Length: 0\r\n", "");
static const char unknown[] = ANSWER("404 Not Found", "Content-Length: 0\r\n", "");

static bool answer(int fd, char *request, char *body, size_t length) {
   if (strncmp(request, "GET /api/health", 15) == 0) { return say(fd, healthy, sizeof healthy - 1); }
   if (strncmp(request, "GET /ws/", 8) == 0) {
      subscribe(fd, (int)((unsigned)atoi(request + 8) % TOPICS));
      return say(fd, upgraded, sizeof upgraded - 1);
   }
   if (strncmp(request, "POST /pub/", 10) == 0) {
      publish((int)((unsigned)atoi(request + 10) % TOPICS), body, length);
      return say(fd, empty, sizeof empty - 1);
   }
   return say(fd, unknown, sizeof unknown - 1);
}

/* False when the connection is to be dropped. */
static bool read_request(int fd) {
   struct connection *connection = &connections[fd];
   if (connection->input == NULL) { connection->input = grown(NULL, REQUEST_BYTES); }
   size_t room = REQUEST_BYTES - 1 - connection->length;
   ssize_t count = recv(fd, connection->input + connection->length, room, 0);
   if (count <= 0) { return count < 0 && errno == EAGAIN; }
   connection->length += (size_t)count;
   connection->input[connection->length] = 0;
   char *end = strstr(connection->input, "\r\n\r\n");
   if (end == NULL) { return connection->length < REQUEST_BYTES - 1; }
   char *field = strcasestr(connection->input, "\r\ncontent-length:");
   size_t length = field != NULL && field < end ? (size_t)atol(field + 17) : 0;
   char *body = end + 4;
   if (connection->length < (size_t)(body - connection->input) + length) {
      return connection->length < REQUEST_BYTES - 1;
   }
   bool kept = answer(fd, connection->input, body, length);
   connection->length = 0;
   if (connection->topic >= 0) {
      free(connection->input);
      connection->input = NULL;
   }
   return kept;
}

/* Subscribers say nothing that matters; only their leaving does. */
static bool read_subscriber(int fd) {
   char ignored[1024];
   ssize_t count = recv(fd, ignored, sizeof ignored, 0);
   return count > 0 || (count < 0 && errno == EAGAIN);
}

static void take_connections(int listener, int epoll) {
   int fd, on = 1;
   while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
      if (fd >= DESCRIPTORS) {
         close(fd);
         continue;
      }
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections[fd] = (struct connection){.topic = -1};
      struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
      epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
   }
}

int main(int argc, char **argv) {
   if (argc != 2) {
      fprintf(stderr, "usage: FloorEpoll PORT\n");
      return 64;
   }
   struct rlimit files;
   getrlimit(RLIMIT_NOFILE, &files);
   files.rlim_cur = files.rlim_max;
   setrlimit(RLIMIT_NOFILE, &files);
   signal(SIGPIPE, SIG_IGN);

   int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
   if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4096) != 0) {
      perror("listen");
      return 1;
   }
   int epoll = epoll_create1(EPOLL_CLOEXEC);
   struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
   epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
   for (;;) {
      int count = epoll_wait(epoll, events, 256, -1);
      for (int i = 0; i < count; i++) {
         int fd = events[i].data.fd;
         if (fd == listener) {
            take_connections(listener, epoll);
         } else if (!(connections[fd].topic >= 0 ? read_subscriber(fd) : read_request(fd))) {
            drop(fd);
         }
      }
   }
}
