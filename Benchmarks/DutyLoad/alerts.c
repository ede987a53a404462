/* Providers listen, customers ask for help at a rate, whatever happens, and the time until the first provider hears of it
 * is taken from the moment at which the request was due. Each job is then accepted by the provider who heard of it first,
 * and completed, so that jobs do not pile up; with --follow cancel it is taken back by its customer, with --follow none it
 * stays open. */
#define _GNU_SOURCE
#include "load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 5, MOST_ALERTS = 64 };
/* How long a provider thinks, and how long his help takes. */
static const uint64_t second = 1000000000u, thought = 1000000000u, help = 2000000000u;

enum step { TO_REQUEST, TO_ACCEPT, TO_COMPLETE, TO_CANCEL, DONE };

struct job {
   uint64_t due;              /* of its next step */
   uint64_t asked_at;         /* when the request was due */
   char id[25];
   uint8_t step;
   bool counts, is_answered;
   int alerts, customer;
   int heard_by[MOST_ALERTS];
   struct job *next;
};

static const struct options *options;
static struct lines providers, customers, calls;
static struct crowd crowd;
static struct connection *pool;
static int pool_open;
static struct job *jobs;
static int job_count, next_job;
/* Jobs whose step is due or will be, by time: a list, since nearly everything is appended near its end. */
static struct job *agenda;
static struct latencies first_alert, first_five, every_alert, answer, delay, accept_time;
static uint64_t duplicates, farewells, strangers, refused, alerts, lost_races, unfinished, failures;

static void schedule(struct job *job, enum step step, uint64_t due) {
   job->step = (uint8_t)step;
   job->due = due;
   struct job **place = &agenda;
   while (*place != NULL && (*place)->due <= due) { place = &(*place)->next; }
   job->next = *place;
   *place = job;
}

static void socket_opened(struct connection *connection) {
   if (!crowd_opened(&crowd, connection)) { pool_open++; }
}

static void connection_ended(struct connection *connection) {
   if (!crowd_ended(&crowd, connection) && connection->is_busy) {
      stop("the server closed a connection instead of answering");
   }
}

/* `bench:NNNNNNNN.` in the address, with the job's number in hexadecimal digits. */
static struct job *marked(const char *text, size_t length) {
   const char *mark = memmem(text, length, "bench:", 6);
   if (mark == NULL || (size_t)(mark - text) + 14 > length) { return NULL; }
   char digits[9] = {0};
   memcpy(digits, mark + 6, 8);
   unsigned long number = strtoul(digits, NULL, 16);
   return number < (unsigned long)job_count ? &jobs[number] : NULL;
}

static void heard(struct connection *connection, const char *text, size_t length, uint64_t time) {
   struct job *job = marked(text, length);
   if (job == NULL) {
      if (memmem(text, length, "\"status\"", 8) != NULL) {
         farewells++;
      } else {
         strangers++;
      }
      return;
   }
   for (int i = 0; i < job->alerts && i < MOST_ALERTS; i++) {
      if (job->heard_by[i] == connection->index) {
         duplicates++;
         return;
      }
   }
   if (job->alerts < MOST_ALERTS) { job->heard_by[job->alerts] = connection->index; }
   job->alerts++;
   if (!job->counts) { return; }
   uint64_t waited = time - job->asked_at;
   alerts++;
   note(&every_alert, waited);
   if (job->alerts == 1) { note(&first_alert, waited); }
   if (job->alerts <= FIRST) { note(&first_five, waited); }
}

static void answered(struct connection *connection, int status, const char *body, size_t length, uint64_t time) {
   struct job *job = connection->errand;
   bool is_good = status / 100 == 2;
   connection->errand = NULL;
   switch (job->step) {
   case TO_REQUEST: {
      if (job->counts) { note(&answer, time - job->asked_at); }
      const char *service = memmem(body, length, "\"service\":{", 11);
      const char *id = service == NULL ? NULL : memmem(service, length - (size_t)(service - body), "\"id\":\"", 6);
      if (!is_good || id == NULL) {
         if (refused++ == 0) { fprintf(stderr, "refused: %d %.*s\n", status, (int)(length < 400 ? length : 400), body); }
         job->step = DONE;
         return;
      }
      job->is_answered = true;
      memcpy(job->id, id + 6, 24);
      switch (options->follow) {
      case ACCEPT: schedule(job, TO_ACCEPT, time + thought); break;
      case CANCEL: schedule(job, TO_CANCEL, time + thought + help); break;
      case NOTHING: job->step = DONE; break;
      }
      break;
   }
   case TO_ACCEPT:
      if (job->counts) { note(&accept_time, time - connection->due); }
      if (is_good) {
         schedule(job, TO_COMPLETE, time + help);
      } else {
         /* He has taken another one meanwhile: the customer waits no longer. */
         lost_races++;
         schedule(job, TO_CANCEL, time);
      }
      break;
   case TO_COMPLETE:
   case TO_CANCEL:
      if (!is_good && failures++ == 0) {
         fprintf(stderr, "failed: %d %.*s\n", status, (int)(length < 400 ? length : 400), body);
      }
      job->step = DONE;
      break;
   default: break;
   }
}

static const struct scene scene = {.answered = answered, .heard = heard, .opened = socket_opened,
                                   .ended = connection_ended};

static struct connection *idle(void) {
   static int place;
   for (int i = 0; i < options->connections; i++) {
      place = (place + 1) % options->connections;
      struct connection *connection = &pool[place];
      /* The server ends those that are not used. */
      if (connection->state == CLOSED) { open_connection(connection, HTTP, place, NULL, NULL); }
      if (connection->state == OPEN && !connection->is_busy) { return connection; }
   }
   return NULL;
}

static void take_step(struct job *job, struct connection *connection, uint64_t time) {
   char path[128], body[4096];
   connection->errand = job;
   connection->due = job->due;
   snprintf(path, sizeof path, "/api/services/%s/%s", job->id,
            job->step == TO_ACCEPT ? "accept" : job->step == TO_COMPLETE ? "status" : "cancel");
   switch (job->step) {
   case TO_REQUEST: {
      const char *call = calls.line[(job - jobs) % calls.count], *place = strstr(call, "{m}");
      if (place == NULL) { stop("a call without {m}"); }
      snprintf(body, sizeof body, "%.*sbench:%08x.%s", (int)(place - call), call, (unsigned)(job - jobs), place + 3);
      if (job->counts) { note(&delay, time - job->due); }
      send_request(connection, "POST", "/api/services/request", customers.line[job->customer], body);
      break;
   }
   case TO_ACCEPT:
      if (job->alerts == 0) {
         /* Nobody has heard of it yet. */
         connection->errand = NULL;
         schedule(job, TO_CANCEL, time + help);
         return;
      }
      send_request(connection, "POST", path, providers.line[job->heard_by[0]], "{}");
      break;
   case TO_COMPLETE:
      send_request(connection, "PUT", path, providers.line[job->heard_by[0]], "{\"status\":\"completed\"}");
      break;
   case TO_CANCEL: send_request(connection, "POST", path, customers.line[job->customer], "{}"); break;
   default: break;
   }
}

static void live(uint64_t until) {
   for (uint64_t time = now(); time < until; time = now()) {
      uint64_t next = until;
      while (agenda != NULL && agenda->due <= time) {
         struct connection *connection = idle();
         if (connection == NULL) { break; }
         struct job *job = agenda;
         agenda = job->next;
         take_step(job, connection, time);
      }
      if (agenda != NULL && agenda->due > time && agenda->due < next) { next = agenda->due; }
      turn(next);
   }
}

static void open_socket(struct connection *connection, int index) {
   open_connection(connection, SOCKET, index, options->socket_path, providers.line[index]);
}

/* Requests come independently of each other: the gaps are exponential (the same in every run). */
static void plan(uint64_t start) {
   double time = 0, end = options->warm + options->seconds;
   srand48(11);
   job_count = (int)(options->rate * end * 1.5) + 64;
   jobs = calloc((size_t)job_count, sizeof *jobs);
   if (jobs == NULL) { stop("no memory"); }
   struct job **last = &agenda;
   for (next_job = 0; next_job < job_count; next_job++) {
      time += -log(1 - drand48()) / options->rate;
      if (time >= end) { break; }
      struct job *job = &jobs[next_job];
      job->due = job->asked_at = start + (uint64_t)(time * 1e9);
      job->counts = time >= options->warm;
      job->customer = next_job % customers.count;
      *last = job;
      last = &job->next;
   }
   job_count = next_job;
}

void play_alerts(const struct options *chosen) {
   options = chosen;
   providers = read_lines(options->providers);
   customers = read_lines(options->customers);
   calls = read_lines(options->calls);
   if (providers.count < options->sockets) { stop("%d tokens are too few", providers.count); }
   pool = calloc((size_t)options->connections, sizeof *pool);
   if (pool == NULL) { stop("no memory"); }
   start_loop(&scene, options->port, 0);
   crowd.count = options->sockets;
   open_crowd(&crowd, open_socket);
   wait_for_go();

   /* Only now: the server does not wait long for a first request. */
   for (int i = 0; i < options->connections; i++) { open_connection(&pool[i], HTTP, i, NULL, NULL); }
   while (pool_open < options->connections) { turn(now() + second / 10); }
   uint64_t start = now();
   plan(start);
   live(start + (uint64_t)options->warm * second);
   printf("{\"warm\":%d}\n", options->warm);
   fflush(stdout);
   uint64_t begin = now(), own = own_time();
   live(begin + (uint64_t)options->seconds * second);
   own = own_time() - own;
   double time = (double)(now() - begin) / 1e9;
   printf("{\"measured\":%.4f}\n", time);
   fflush(stdout);
   /* What is under way comes to its end. */
   live(now() + thought + help + 2 * second);
   int counted = 0, unheard = 0;
   for (int i = 0; i < job_count; i++) {
      counted += jobs[i].counts;
      unheard += jobs[i].counts && jobs[i].alerts == 0;
      unfinished += jobs[i].step != DONE;
   }
   printf("{\"jobs\":%d,\"refused\":%llu,\"unheard\":%d,\"unfinished\":%llu,\"failures\":%llu,\"lostRaces\":%llu,"
          "\"alerts\":%llu,\"farewells\":%llu,\"duplicates\":%llu,\"strangers\":%llu,\"lost\":%d,\"seconds\":%.4f,"
          "\"generatorCPU\":%.4f,",
          counted, (unsigned long long)refused, unheard, (unsigned long long)unfinished, (unsigned long long)failures,
          (unsigned long long)lost_races, (unsigned long long)alerts, (unsigned long long)farewells,
          (unsigned long long)duplicates, (unsigned long long)strangers, crowd.lost, time, (double)own / 1e9);
   print_latencies("firstAlert", &first_alert);
   putchar(',');
   print_latencies("firstFive", &first_five);
   putchar(',');
   print_latencies("everyAlert", &every_alert);
   putchar(',');
   print_latencies("answer", &answer);
   putchar(',');
   print_latencies("accept", &accept_time);
   putchar(',');
   print_latencies("delay", &delay);
   puts("}");
   wait_for_go();
}
