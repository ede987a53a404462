/* What the scenes share: the clock, classes of latencies, and connections that speak HTTP or WebSocket. */
#ifndef DUTY_LOAD_H
#define DUTY_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STEPS = 64 };

/* Latencies in classes of at most 1.6 %: the power of two of the nanoseconds, cut into 64 steps. */
struct latencies {
   uint64_t classes[64 * STEPS], count, worst;
};

void note(struct latencies *latencies, uint64_t nanoseconds);
/* Milliseconds. */
double quantile(const struct latencies *latencies, double share);
/* `"name":{"count":…,"p50":…,"p90":…,"p99":…,"max":…}` */
void print_latencies(const char *name, const struct latencies *latencies);

/* Nanoseconds. */
uint64_t now(void);
uint64_t own_time(void);

void stop(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Lines of a file, without their ends. */
struct lines {
   char **line;
   int count;
};
struct lines read_lines(const char *file);

/* What becomes of a job whose providers have been alerted. */
enum follow { ACCEPT, CANCEL, NOTHING };

enum kind { HTTP, SOCKET };
enum state { CLOSED, CONNECTING, UPGRADING, OPEN };

struct connection {
   int fd, index;
   uint8_t kind, state;
   bool is_busy;        /* a request waits for its answer */
   uint32_t rest;       /* bytes of an unfinished frame or answer, kept in `bytes` */
   uint8_t *bytes;
   uint64_t due;        /* when the request under way was due */
   void *errand;        /* of the scene */
};

/* What a scene does with what arrives. */
struct scene {
   /* An answer: status and body (not ended by a zero). */
   void (*answered)(struct connection *, int status, const char *body, size_t length, uint64_t time);
   void (*heard)(struct connection *, const char *text, size_t length, uint64_t time);
   void (*opened)(struct connection *);
   void (*ended)(struct connection *);
};

void start_loop(const struct scene *scene, int port);
/* Connects from one of a few addresses: one alone would run out of ports at some 28,000. */
void open_connection(struct connection *connection, enum kind kind, int index, const char *path, const char *token);
void send_request(struct connection *, const char *method, const char *path, const char *token, const char *body);
/* One turn of the loop, which takes what has arrived, at the latest at `until`. */
void turn(uint64_t until);
/* A line on standard input. */
void wait_for_go(void);

struct options {
   int port, sockets, connections, rate, seconds, warm;
   bool is_closed;
   enum follow follow;
   const char *socket_path, *providers, *customers, *calls;
};

void play_alerts(const struct options *options);
void play_positions(const struct options *options);

#endif
