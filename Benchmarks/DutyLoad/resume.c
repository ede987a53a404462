/* A server that dies under its sockets and comes back: each client has been told of a row it does not have, comes back
 * after the reconnect law (first within a second, then within twice as long each time, by chance) and says where to go on.
 * It has resumed when it has the row. The parent says when the server is started again, and times count from there. */
#define _GNU_SOURCE
#include "inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 30, PATIENCE = 60 };

static const uint64_t second = 1000000000u;

struct client {
   uint64_t due;              /* of the next attempt; 0: none is due */
   int attempts;
   bool has_resumed;
};

static const struct options *options;
static struct lines tokens;
static struct crowd crowd;
static struct client *clients;
static int greeted, resumed, resets, doubled;
static bool is_back;
static uint64_t started_at;
static struct latencies resumption;

static void heard(struct connection *connection, const char *text, size_t length, uint64_t time) {
   long long seq;
   struct client *client = &clients[connection->index];
   switch (read_said(text, length, &seq)) {
   case HELLO:
      if (is_back) {
         resume_after(connection, text, length, 1);
      } else {
         greeted++;
         resume_after(connection, text, length, 0);
      }
      break;
   case RESET: resets++; break;
   case ROW:
      if (!is_back || client->has_resumed) {
         doubled++;
      } else {
         client->has_resumed = true;
         resumed++;
         note(&resumption, time - started_at);
         acknowledge(connection, seq);
      }
      break;
   case ELSE: break;
   }
}

static void answered(struct connection *connection, int status, const char *body, size_t length, uint64_t time) {
   (void)connection;
   (void)status;
   (void)body;
   (void)length;
   (void)time;
}

static void opened(struct connection *connection) {
   if (!is_back) { crowd_opened(&crowd, connection); }
}

static void ended(struct connection *connection) {
   struct client *client = &clients[connection->index];
   if (!is_back && connection->state != OPEN) {
      crowd_ended(&crowd, connection);
      return;
   }
   int longest = client->attempts < 5 ? 1 << client->attempts : LONGEST;
   client->due = now() + (uint64_t)(drand48() * longest * 1e9);
   client->attempts++;
}

static const struct scene scene = {.endures = true, .answered = answered, .heard = heard, .opened = opened,
                                   .ended = ended};

static void open_socket(struct connection *connection, int index) {
   open_connection(connection, SOCKET, index, options->socket_path, tokens.line[index]);
}

static void try_again(void) {
   uint64_t time = now();
   for (int i = 0; i < options->sockets; i++) {
      if (clients[i].due == 0 || clients[i].due > time) { continue; }
      clients[i].due = 0;
      open_socket(&crowd.sockets[i], i);
   }
   turn(time + second / 200);
}

void play_resume(const struct options *chosen) {
   options = chosen;
   tokens = read_lines(options->providers);
   if (tokens.count < options->sockets) { stop("%d tokens are too few", tokens.count); }
   clients = calloc((size_t)options->sockets, sizeof *clients);
   if (clients == NULL) { stop("no memory"); }
   srand48(11);
   offer("fixoncall.v1");
   start_loop(&scene, options->port, options->socket_port);
   crowd.count = options->sockets;
   open_crowd(&crowd, open_socket);
   for (uint64_t end = now() + 20 * second; greeted < crowd.opened;) {
      turn(now() + second / 10);
      if (now() > end) { stop("only %d sockets were greeted", greeted); }
   }
   /* The server is killed and started again at once; those who would have tried in between try now. */
   wait_for_go();
   is_back = true;
   started_at = now();
   uint64_t own = own_time();
   while (resumed < crowd.opened && now() < started_at + PATIENCE * second) { try_again(); }
   double time = (double)(now() - started_at) / 1e9;
   printf("{\"resumed\":%d,\"missing\":%d,\"resets\":%d,\"doubled\":%d,\"seconds\":%.4f,"
          "\"generatorCPU\":%.4f,",
          resumed, crowd.opened - resumed, resets, doubled, time, (double)(own_time() - own) / 1e9);
   print_latencies("resumption", &resumption);
   puts("}");
   wait_for_go();
}
