/* Durable pushes: requests at a rate, whatever happens, each of which puts a row into the inbox of somebody else, who listens
 * on a socket, maybe of another server. The time until he has the row is taken from the moment at which the request was due. */
#define _GNU_SOURCE
#include "inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t second = 1000000000u;

/* A job whose customer listens: the line `id provider's token` of the file; the customer is the one of the line's number. */
struct job {
   char id[25];
   const char *token;
   uint64_t due;
   bool is_sent, is_heard, counts;
};

static const struct options *options;
static struct lines customers, lines;
static struct crowd crowd;
static struct connection *pool;
static struct job *jobs;
static int pool_open, greeted, next_job, unheard, further, refused, strangers;
static struct latencies arrival, answer;

static void heard(struct connection *connection, const char *text, size_t length, uint64_t time) {
   long long seq;
   switch (read_said(text, length, &seq)) {
   case HELLO:
      greeted++;
      resume_after(connection, text, length, 0);
      return;
   case ROW: break;
   case RESET: stop("a place that was good is not kept");
   case ELSE: return;
   }
   acknowledge(connection, seq);
   struct job *job = &jobs[connection->index];
   if (!job->is_sent || memmem(text, length, job->id, 24) == NULL) {
      strangers++;
   } else if (job->is_heard) {
      further++;
   } else {
      job->is_heard = true;
      unheard--;
      if (job->counts) { note(&arrival, time - job->due); }
   }
}

static void answered(struct connection *connection, int status, const char *body, size_t length, uint64_t time) {
   if (status / 100 != 2 && refused++ == 0) {
      fprintf(stderr, "refused: %d %.*s\n", status, (int)(length < 400 ? length : 400), body);
   }
   const struct job *job = connection->errand;
   if (job->counts) { note(&answer, time - job->due); }
}

static void opened(struct connection *connection) {
   if (!crowd_opened(&crowd, connection)) { pool_open++; }
}

static void ended(struct connection *connection) {
   if (!crowd_ended(&crowd, connection) && connection->is_busy) {
      stop("the server closed a connection instead of answering");
   }
}

static const struct scene scene = {.answered = answered, .heard = heard, .opened = opened, .ended = ended};

static void open_socket(struct connection *connection, int index) {
   open_connection(connection, SOCKET, index, options->socket_path, customers.line[index]);
}

static void send_until(uint64_t start, uint64_t until, bool counts) {
   for (uint64_t time = now(); time < until; time = now()) {
      uint64_t due = start + (uint64_t)next_job * second / (uint64_t)options->rate;
      struct connection *connection = NULL;
      for (int i = 0; i < options->connections && due <= time && next_job < lines.count; i++) {
         if (pool[i].state == OPEN && !pool[i].is_busy) { connection = &pool[i]; }
      }
      if (connection == NULL) {
         turn(due > time && due < until ? due : until);
         continue;
      }
      struct job *job = &jobs[next_job++];
      char path[128];
      job->due = due;
      job->is_sent = true;
      job->counts = counts;
      unheard++;
      connection->errand = job;
      snprintf(path, sizeof path, "/api/services/%s/status", job->id);
      send_request(connection, "PUT", path, job->token, "{\"status\":\"en_route\"}");
   }
}

void play_pushes(const struct options *chosen) {
   options = chosen;
   customers = read_lines(options->customers);
   lines = read_lines(options->calls);
   if (customers.count < lines.count) { stop("%d customers are too few", customers.count); }
   jobs = calloc((size_t)lines.count, sizeof *jobs);
   pool = calloc((size_t)options->connections, sizeof *pool);
   if (jobs == NULL || pool == NULL) { stop("no memory"); }
   for (int i = 0; i < lines.count; i++) {
      if (strlen(lines.line[i]) < 26) { stop("no job in line %d", i + 1); }
      memcpy(jobs[i].id, lines.line[i], 24);
      jobs[i].token = lines.line[i] + 25;
   }
   offer("fixoncall.v1");
   start_loop(&scene, options->port, options->socket_port);
   crowd.count = lines.count;
   open_crowd(&crowd, open_socket);
   for (uint64_t end = now() + 10 * second; greeted < crowd.opened;) {
      turn(now() + second / 10);
      if (now() > end) { stop("only %d sockets were greeted", greeted); }
   }
   wait_for_go();

   for (int i = 0; i < options->connections; i++) { open_connection(&pool[i], HTTP, i, NULL, NULL); }
   while (pool_open < options->connections) { turn(now() + second / 10); }
   uint64_t start = now(), begin = start + (uint64_t)options->warm * second;
   send_until(start, begin, false);
   printf("{\"warm\":%d}\n", options->warm);
   fflush(stdout);
   uint64_t own = own_time();
   send_until(start, begin + (uint64_t)options->seconds * second, true);
   own = own_time() - own;
   double time = (double)(now() - begin) / 1e9;
   printf("{\"measured\":%.4f}\n", time);
   fflush(stdout);
   for (uint64_t end = now() + 5 * second; unheard > 0 && now() < end;) { turn(now() + second / 10); }
   printf("{\"refused\":%d,\"unheard\":%d,\"further\":%d,\"strangers\":%d,\"lost\":%d,\"seconds\":%.4f,"
          "\"generatorCPU\":%.4f,",
          refused, unheard, further, strangers, crowd.lost, time, (double)own / 1e9);
   print_latencies("arrival", &arrival);
   putchar(',');
   print_latencies("answer", &answer);
   puts("}");
   wait_for_go();
}
