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
   bool is_deaf;        /* a socket which nobody reads */
   uint32_t rest;       /* bytes of an unfinished frame or answer, kept in `bytes` */
   uint8_t *bytes;
   uint64_t due;        /* when the request under way was due */
   void *errand;        /* of the scene */
};

/* What a scene does with what arrives. */
struct scene {
   bool endures;        /* that nobody listens at the port: the connection ends, and may be opened again */
   /* An answer: status and body (not ended by a zero). */
   void (*answered)(struct connection *, int status, const char *body, size_t length, uint64_t time);
   void (*heard)(struct connection *, const char *text, size_t length, uint64_t time);
   void (*opened)(struct connection *);
   void (*ended)(struct connection *);
};

/* Sockets may be on another port than requests. */
void start_loop(const struct scene *scene, int port, int socket_port);
/* What sockets offer from now on, or NULL. */
void offer(const char *subprotocol);
/* Connects from one of a few addresses: one alone would run out of ports at some 28,000. No token: NULL. */
void open_connection(struct connection *connection, enum kind kind, int index, const char *path, const char *token);
/* The same with as little room for what arrives as there can be, and nobody who reads it before `listen_again`. */
void open_deaf_socket(struct connection *connection, int index, const char *path);
void listen_again(struct connection *connection);
void send_request(struct connection *, const char *method, const char *path, const char *token, const char *body);
void send_text(struct connection *, const char *text, size_t length);
/* One turn of the loop, which takes what has arrived, at the latest at `until`. */
void turn(uint64_t until);
/* A line on standard input. */
void wait_for_go(void);

/* Many sockets that are opened together. */
struct crowd {
   struct connection *sockets;
   int count, opened, refused, lost, under_way;
   struct latencies opening;
   uint64_t *begun;
};

/* Opens all of them, a number at a time, and says so. */
void open_crowd(struct crowd *crowd, void (*open)(struct connection *, int index));
bool crowd_has(const struct crowd *crowd, const struct connection *connection);
/* To be told by the scene; false for a connection which is none of these. */
bool crowd_opened(struct crowd *crowd, struct connection *connection);
bool crowd_ended(struct crowd *crowd, struct connection *connection);

struct options {
   int port, socket_port, sockets, connections, rate, seconds, warm, in_topic, deaf;
   bool is_closed, publishes_frames, goes_round, keeps_latest;
   enum follow follow;
   const char *scene, *socket_path, *providers, *customers, *calls, *publish_path, *publish_body;
};

void play_alerts(const struct options *options);
void play_positions(const struct options *options);
void play_topics(const struct options *options);
void play_opening(const struct options *options);
void play_pushes(const struct options *options);
void play_resume(const struct options *options);

#endif
