/* Sockets in topics, and publishers: over HTTP, or with frames of sockets of their own. Either messages are due at a rate,
 * whatever becomes of those before them, and times count from the moment at which one was due; or, with --closed, each
 * publisher sends when his last message has reached everybody in its topic. With --latest the server may leave out what
 * is no longer the newest of a topic. */
#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STALL_SECONDS = 5, MOST_A_SECOND = 400000, DEAF_EVERY = 10 };

static const uint64_t second = 1000000000u;

struct message {
   uint64_t due;
   uint32_t topic;
   uint16_t arrivals, publisher;
};

static const struct options *options;
static struct crowd crowd;
static struct connection *publishers;
static char **paths, **publish_paths;
static int topics, publishers_open, cut;
static struct message *messages;
static uint32_t message_count, most_messages;
/* Of each topic: how many hear it, and the newest number that was sent and, where only the newest counts, heard. */
static uint32_t *members, *sent, *heard_last;
static struct latencies arrival;
static uint64_t deliveries, duplicates, strangers, failures, counts_from;
static bool is_sending;
static uint64_t chance = 11;

static uint32_t any_topic(void) {
   chance = chance * 6364136223846793005u + 1442695040888963407u;
   return (uint32_t)((chance >> 33) % (uint64_t)topics);
}

/* Every tenth, as many as are to be. */
static bool is_deaf(int index) {
   return index % DEAF_EVERY == 0 && index / DEAF_EVERY < options->deaf;
}

static char *with_topic(const char *text, int topic) {
   const char *place = strstr(text, "{t}");
   char *result = NULL;
   int count = place == NULL ? asprintf(&result, "%s", text)
                             : asprintf(&result, "%.*s%d%s", (int)(place - text), text, topic, place + 3);
   if (count < 0) { stop("no memory"); }
   return result;
}

static void publish(struct connection *publisher, uint32_t topic, uint64_t due) {
   static char body[4096];
   if (message_count == most_messages) { stop("more messages than were expected"); }
   uint32_t number = message_count++;
   messages[number] = (struct message){.due = due, .topic = topic, .publisher = (uint16_t)publisher->index};
   if (members[topic] == 0) { return; }
   sent[topic] = number + 1;
   const char *rest = options->publish_body, *place;
   size_t length = 0;
   while ((place = strchr(rest, '{')) != NULL && length + 64 < sizeof body) {
      memcpy(body + length, rest, (size_t)(place - rest));
      length += (size_t)(place - rest);
      if (strncmp(place, "{m}", 3) == 0) {
         length += (size_t)sprintf(body + length, "bench:%08x.", number);
      } else if (strncmp(place, "{t}", 3) == 0) {
         length += (size_t)sprintf(body + length, "%u", topic);
      } else {
         body[length++] = '{';
         rest = place + 1;
         continue;
      }
      rest = place + 3;
   }
   size_t tail = strlen(rest);
   if (length + tail + 1 > sizeof body) { stop("the message is too long"); }
   memcpy(body + length, rest, tail + 1);
   length += tail;
   publisher->due = due;
   publisher->errand = &messages[number];
   if (options->publishes_frames) {
      send_text(publisher, body, length);
   } else {
      send_request(publisher, "POST", publish_paths[topic], NULL, body);
   }
}

/* With --closed: the next, when the last is everywhere and has been answered. */
static void go_on(struct connection *publisher) {
   struct message *message = publisher->errand;
   if (!options->is_closed || !is_sending || publisher->is_busy) { return; }
   if (message != NULL && message->arrivals < members[message->topic]) { return; }
   publish(publisher, any_topic(), now());
}

static void heard(struct connection *connection, const char *text, size_t length, uint64_t time) {
   static size_t usual;
   /* Publishers hear nothing, and what the deaf hear in the end does not count. */
   if (!crowd_has(&crowd, connection) || is_deaf(connection->index)) { return; }
   const char *mark = text + usual;
   if (usual + 15 > length || memcmp(mark, "bench:", 6) != 0) {
      mark = memmem(text, length, "bench:", 6);
      if (mark == NULL || (size_t)(mark - text) + 15 > length) {
         strangers++;
         return;
      }
      usual = (size_t)(mark - text);
   }
   uint32_t number = 0;
   for (int i = 6; i < 14; i++) {
      uint8_t digit = (uint8_t)mark[i];
      number = number << 4 | (uint32_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
   }
   uint32_t topic = (uint32_t)(connection->index / options->in_topic);
   if (number >= message_count || messages[number].topic != topic) {
      strangers++;
      return;
   }
   struct message *message = &messages[number];
   if (++message->arrivals > members[topic] || (options->keeps_latest && number + 1 <= heard_last[topic])) {
      duplicates++;
      return;
   }
   heard_last[topic] = number + 1;
   if (counts_from > 0 && message->due >= counts_from) {
      deliveries++;
      note(&arrival, time - message->due);
   }
   struct connection *publisher = &publishers[message->publisher];
   if (message->arrivals == members[topic] && publisher->errand == message) { go_on(publisher); }
}

static void answered(struct connection *connection, int status, const char *body, size_t length, uint64_t time) {
   (void)time;
   if (status / 100 != 2 && failures++ == 0) {
      fprintf(stderr, "failed: %d %.*s\n", status, (int)(length < 400 ? length : 400), body);
   }
   go_on(connection);
}

static void opened(struct connection *connection) {
   if (!crowd_opened(&crowd, connection)) { publishers_open++; }
}

static void ended(struct connection *connection) {
   if (!crowd_has(&crowd, connection)) {
      if (is_sending) { stop("the server closed a publisher's connection"); }
   } else if (is_deaf(connection->index) && connection->state == OPEN) {
      cut++;
   } else {
      crowd_ended(&crowd, connection);
   }
}

static const struct scene scene = {.answered = answered, .heard = heard, .opened = opened, .ended = ended};

static void open_socket(struct connection *connection, int index) {
   const char *path = paths[index / options->in_topic];
   if (is_deaf(index)) {
      open_deaf_socket(connection, index, path);
   } else {
      open_connection(connection, SOCKET, index, path, NULL);
   }
}

/* Publishers have numbers behind those of the sockets. */
static void open_publishers(void) {
   publishers = calloc((size_t)options->connections, sizeof *publishers);
   if (publishers == NULL) { stop("no memory"); }
   for (int i = 0; i < options->connections; i++) {
      open_connection(&publishers[i], options->publishes_frames ? SOCKET : HTTP, options->sockets + i,
                      options->publish_path, NULL);
      while (i - publishers_open > 64) { turn(now() + second / 10); }
   }
   while (publishers_open < options->connections) { turn(now() + second / 10); }
   for (int i = 0; i < options->connections; i++) { publishers[i].index = i; }
}

static struct connection *idle(uint32_t number) {
   if (options->publishes_frames) { return &publishers[number % (uint32_t)options->connections]; }
   static int place;
   for (int i = 0; i < options->connections; i++) {
      place = (place + 1) % options->connections;
      if (!publishers[place].is_busy) { return &publishers[place]; }
   }
   return NULL;
}

static void send_until(uint64_t start, uint64_t until) {
   is_sending = true;
   for (int i = 0; options->is_closed && i < options->connections; i++) { go_on(&publishers[i]); }
   for (uint64_t time = now(); time < until; time = now()) {
      uint64_t next = until;
      while (!options->is_closed) {
         uint64_t due = start + message_count * second / (uint64_t)options->rate;
         struct connection *publisher = due > time ? NULL : idle(message_count);
         if (publisher == NULL) {
            if (due > time && due < next) { next = due; }
            break;
         }
         publish(publisher, options->goes_round ? message_count % (uint32_t)topics : any_topic(), due);
      }
      turn(next);
   }
}

/* Deliveries that are still to come. */
static uint64_t missing(void) {
   uint64_t result = 0;
   for (int i = 0; options->keeps_latest && i < topics; i++) { result += sent[i] != heard_last[i]; }
   if (options->keeps_latest) { return result; }
   for (uint32_t i = 0; i < message_count; i++) {
      uint32_t wanted = members[messages[i].topic];
      if (messages[i].arrivals < wanted) { result += wanted - messages[i].arrivals; }
   }
   return result;
}

static void *array(int count, size_t size) {
   void *result = calloc((size_t)count, size);
   if (result == NULL) { stop("no memory"); }
   return result;
}

void play_topics(const struct options *chosen) {
   options = chosen;
   topics = (options->sockets + options->in_topic - 1) / options->in_topic;
   paths = array(topics, sizeof *paths);
   publish_paths = array(topics, sizeof *publish_paths);
   members = array(topics, sizeof *members);
   sent = array(topics, sizeof *sent);
   heard_last = array(topics, sizeof *heard_last);
   for (int i = 0; i < topics; i++) {
      paths[i] = with_topic(options->socket_path, i);
      publish_paths[i] = with_topic(options->publish_path, i);
   }
   for (int i = 0; i < options->sockets; i++) { members[i / options->in_topic] += !is_deaf(i); }
   int most = options->is_closed ? MOST_A_SECOND : options->rate;
   most_messages = (uint32_t)most * (uint32_t)(options->warm + options->seconds) + 1000;
   messages = array((int)most_messages, sizeof *messages);
   start_loop(&scene, options->port, 0);
   crowd.count = options->sockets;
   open_crowd(&crowd, open_socket);
   wait_for_go();

   open_publishers();
   uint64_t start = now(), begin = start + (uint64_t)options->warm * second;
   send_until(start, begin);
   printf("{\"warm\":%d}\n", options->warm);
   fflush(stdout);
   begin = now();
   counts_from = begin;
   uint32_t first = message_count;
   uint64_t own = own_time();
   send_until(start, begin + (uint64_t)options->seconds * second);
   is_sending = false;
   own = own_time() - own;
   double time = (double)(now() - begin) / 1e9;
   printf("{\"measured\":%.4f}\n", time);
   fflush(stdout);
   uint64_t in_time = deliveries;
   for (uint64_t end = now() + STALL_SECONDS * second; missing() > 0 && now() < end;) { turn(now() + second / 100); }
   uint64_t left = missing();
   for (int i = 0; i < options->sockets && options->deaf > 0; i++) { listen_again(&crowd.sockets[i]); }
   for (uint64_t end = now() + second; options->deaf > 0 && cut < options->deaf && now() < end;) { turn(end); }
   printf("{\"messages\":%u,\"deliveries\":%llu,\"missing\":%llu,\"duplicates\":%llu,\"strangers\":%llu,\"lost\":%d,"
          "\"cut\":%d,\"failures\":%llu,\"seconds\":%.4f,\"generatorCPU\":%.4f,",
          message_count - first, (unsigned long long)in_time, (unsigned long long)left,
          (unsigned long long)duplicates, (unsigned long long)strangers, crowd.lost, cut,
          (unsigned long long)failures, time, (double)own / 1e9);
   print_latencies("arrival", &arrival);
   puts("}");
   wait_for_go();
}
