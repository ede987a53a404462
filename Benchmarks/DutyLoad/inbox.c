/* The client's side of `fixoncall.v1`, and the scene that does no more than open sockets with it. */
#define _GNU_SOURCE
#include "inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool begins(const char *text, size_t length, const char *with) {
   size_t size = strlen(with);
   return length >= size && memcmp(text, with, size) == 0;
}

/* The number behind a name, which the server writes first of all. */
static long long number_after(const char *text, size_t length, const char *name) {
   const char *place = memmem(text, length, name, strlen(name));
   return place == NULL ? -1 : atoll(place + strlen(name));
}

enum said read_said(const char *text, size_t length, long long *seq) {
   /* Frames are not ended by a zero; what follows a number in one does. */
   *seq = number_after(text, length, "\"s\":");
   if (begins(text, length, "{\"s\":")) { return ROW; }
   if (begins(text, length, "{\"op\":\"hello\"")) { return HELLO; }
   return begins(text, length, "{\"op\":\"reset\"") ? RESET : ELSE;
}

void resume_after(struct connection *connection, const char *hello, size_t length, long long before) {
   static const char name[] = "\"e\":\"";
   long long seq = number_after(hello, length, "\"s\":") - before;
   const char *epoch = memmem(hello, length, name, sizeof name - 1), *end = NULL;
   if (epoch != NULL) {
      epoch += sizeof name - 1;
      end = memchr(epoch, '"', length - (size_t)(epoch - hello));
   }
   if (end == NULL) { stop("a hello without a life: %.*s", (int)length, hello); }
   char text[256];
   int count = snprintf(text, sizeof text, "{\"op\":\"resume\",\"s\":%lld,\"e\":\"%.*s\"}", seq > 0 ? seq : 0,
                        (int)(end - epoch), epoch);
   send_text(connection, text, (size_t)count);
}

void acknowledge(struct connection *connection, long long seq) {
   char text[64];
   int count = snprintf(text, sizeof text, "{\"op\":\"ack\",\"s\":%lld}", seq);
   send_text(connection, text, (size_t)count);
}

/* Opening */

static const struct options *options;
static struct lines tokens;
static struct crowd crowd;

static void answered(struct connection *connection, int status, const char *body, size_t length, uint64_t time) {
   (void)connection;
   (void)status;
   (void)body;
   (void)length;
   (void)time;
}

static void heard(struct connection *connection, const char *text, size_t length, uint64_t time) {
   (void)connection;
   (void)text;
   (void)length;
   (void)time;
}

static void opened(struct connection *connection) { crowd_opened(&crowd, connection); }
static void ended(struct connection *connection) { crowd_ended(&crowd, connection); }

static const struct scene scene = {.answered = answered, .heard = heard, .opened = opened, .ended = ended};

static void open_socket(struct connection *connection, int index) {
   open_connection(connection, SOCKET, index, options->socket_path, tokens.line[index]);
}

void play_opening(const struct options *chosen) {
   options = chosen;
   tokens = read_lines(options->providers);
   if (tokens.count < options->sockets) { stop("%d tokens are too few", tokens.count); }
   offer("fixoncall.v1");
   start_loop(&scene, options->port, options->socket_port);
   crowd.count = options->sockets;
   wait_for_go();
   uint64_t own = own_time();
   open_crowd(&crowd, open_socket);
   fflush(stdout);
   printf("{\"generatorCPU\":%.4f}\n", (double)(own_time() - own) / 1e9);
   wait_for_go();
}
