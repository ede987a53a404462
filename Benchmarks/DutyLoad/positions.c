/* Providers send their positions: each on a connection of his own once a second, whatever happens, with the time taken from
 * the moment at which a position was due; or, with --closed, as fast as a few connections can. */
#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t second = 1000000000u;

/* Who sends, from where, and how often he has. */
struct provider {
   double latitude, longitude;
   unsigned sent;
};

static const struct options *options;
static struct lines tokens;
static struct connection *connections;
static struct provider *providers;
static int provider_count, opened, next_provider;
static struct latencies latencies;
static uint64_t sent, answers, refused, started_at, ends_at;
static bool measuring;

static void send_position(struct connection *connection, int index, uint64_t due) {
   struct provider *provider = &providers[index];
   char body[128];
   /* Some eight metres a second, there for a minute and back again. */
   unsigned place = provider->sent % 120;
   double way = (place < 60 ? place : 120 - place) * 0.00005;
   provider->sent++;
   sent++;
   snprintf(body, sizeof body, "{\"latitude\":%.6f,\"longitude\":%.6f}", provider->latitude + way,
            provider->longitude + way);
   connection->due = due;
   connection->errand = provider;
   /* The token stands before the place on its line. */
   send_request(connection, "POST", "/api/mechanics/me/location", tokens.line[index], body);
}

/* When the provider of this connection sends next: once a second, each at a moment of his own. */
static uint64_t due(const struct connection *connection) {
   uint64_t phase = second / (uint64_t)options->rate * (uint64_t)connection->index;
   uint64_t period = second * (uint64_t)options->connections / (uint64_t)options->rate;
   return started_at + phase + period * providers[connection->index].sent;
}

static void answered(struct connection *connection, int status, const char *body, size_t length, uint64_t time) {
   if (status / 100 != 2 && refused++ == 0) {
      fprintf(stderr, "refused: %d %.*s\n", status, (int)(length < 400 ? length : 400), body);
   }
   if (measuring) {
      answers++;
      note(&latencies, time - connection->due);
   }
   if (time >= ends_at) { return; }
   if (options->is_closed) {
      send_position(connection, next_provider, time);
      next_provider = (next_provider + 1) % provider_count;
   } else if (due(connection) <= time) {
      /* Late already: at once. */
      send_position(connection, connection->index, due(connection));
   }
}

static void connection_opened(struct connection *connection) {
   (void)connection;
   opened++;
}

static void connection_ended(struct connection *connection) {
   (void)connection;
   stop("the server closed a provider's connection");
}

static void heard(struct connection *connection, const char *text, size_t length, uint64_t time) {
   (void)connection;
   (void)text;
   (void)length;
   (void)time;
}

static const struct scene scene = {.answered = answered, .heard = heard, .opened = connection_opened,
                                   .ended = connection_ended};

/* The connections come round in turn; one that is still busy sends when it is answered. */
static void drive(uint64_t until) {
   static int place;
   static uint64_t tick;
   for (uint64_t time = now(); time < until; time = now()) {
      if (options->is_closed) {
         turn(until);
         continue;
      }
      uint64_t gap = second / (uint64_t)options->rate;
      while (started_at + tick * gap <= time) {
         struct connection *connection = &connections[place];
         if (!connection->is_busy && due(connection) <= time) {
            send_position(connection, connection->index, due(connection));
         }
         place = (place + 1) % options->connections;
         tick++;
      }
      uint64_t next = started_at + tick * gap;
      turn(next < until ? next : until);
   }
}

void play_positions(const struct options *chosen) {
   options = chosen;
   tokens = read_lines(options->providers);
   provider_count = tokens.count;
   struct lines places = read_lines(options->calls);
   if (provider_count < options->connections || places.count < provider_count) { stop("too few providers"); }
   providers = calloc((size_t)provider_count, sizeof *providers);
   connections = calloc((size_t)options->connections, sizeof *connections);
   if (providers == NULL || connections == NULL) { stop("no memory"); }
   for (int i = 0; i < provider_count; i++) {
      if (sscanf(places.line[i], "%lf %lf", &providers[i].latitude, &providers[i].longitude) != 2) {
         stop("no place in line %d", i + 1);
      }
   }
   start_loop(&scene, options->port, 0);
   printf("{\"opened\":0,\"refused\":0,\"seconds\":0}\n");
   wait_for_go();

   for (int i = 0; i < options->connections; i++) {
      open_connection(&connections[i], HTTP, i, NULL, NULL);
      while (i - opened > 128) { turn(now() + second / 10); }
   }
   while (opened < options->connections) { turn(now() + second / 10); }
   started_at = now();
   ends_at = started_at + (uint64_t)(options->warm + options->seconds) * second;
   for (int i = 0; options->is_closed && i < options->connections; i++) {
      send_position(&connections[i], next_provider, now());
      next_provider = (next_provider + 1) % provider_count;
   }
   drive(started_at + (uint64_t)options->warm * second);
   printf("{\"warm\":%d}\n", options->warm);
   fflush(stdout);
   measuring = true;
   uint64_t begin = now(), own = own_time();
   drive(ends_at);
   own = own_time() - own;
   double time = (double)(now() - begin) / 1e9;
   uint64_t in_time = answers;
   printf("{\"measured\":%.4f}\n", time);
   fflush(stdout);
   for (uint64_t end = now() + 2 * second; now() < end;) { turn(end); }
   int unanswered = 0;
   for (int i = 0; i < options->connections; i++) { unanswered += connections[i].is_busy; }
   printf("{\"answers\":%llu,\"refused\":%llu,\"unanswered\":%d,\"seconds\":%.4f,\"generatorCPU\":%.4f,",
          (unsigned long long)in_time, (unsigned long long)refused, unanswered, time, (double)own / 1e9);
   print_latencies("answer", &latencies);
   puts("}");
   wait_for_go();
}
