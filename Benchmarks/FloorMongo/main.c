/* The same questions to the same database, asked by bare C: a thread for each connection, which keeps a client of
 * libmongoc for its whole life. No sign-in, no roles, no rules, no inbox: the distance to it is the price of those.
 *
 *   GET  /api/services/available-mechanics?latitude&longitude&radius_km&limit
 *   GET  /api/bookings/{id}
 *   POST /api/services/request
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <math.h>
#include <mongoc/mongoc.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BYTES = 1 << 16 };

static mongoc_client_pool_t *pool;
static const char *database;

struct peer {
   int fd;
   mongoc_collection_t *mechanics, *bookings, *requests;
   char input[BYTES], output[BYTES];
   size_t length;
};

static void add(struct peer *peer, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct peer *peer, const char *format, ...) {
   va_list values;
   va_start(values, format);
   int count = vsnprintf(peer->output + peer->length, BYTES - peer->length, format, values);
   va_end(values);
   if (count > 0 && (size_t)count < BYTES - peer->length) { peer->length += (size_t)count; }
}

static void answer(struct peer *peer, const char *status) {
   char head[128];
   int count = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                        status, peer->length);
   struct iovec parts[2] = {{head, (size_t)count}, {peer->output, peer->length}};
   struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
   if (sendmsg(peer->fd, &message, MSG_NOSIGNAL) < 0) { shutdown(peer->fd, SHUT_RDWR); }
}

static void fail(struct peer *peer, const char *status, const char *words) {
   peer->length = 0;
   add(peer, "{\"success\":false,\"message\":\"%s\"}", words);
   answer(peer, status);
}

/* The number behind `name` in the path or the body. */
static double number(const char *text, const char *name, double otherwise) {
   const char *found = strstr(text, name);
   if (found == NULL) { return otherwise; }
   found += strlen(name);
   return strtod(found + strspn(found, "=\": "), NULL);
}

/* Walks to `path` (dotted) in a document; an absent value is an iterator of type EOD. */
static bson_iter_t value(const bson_t *document, const char *path) {
   bson_iter_t start, found;
   if (bson_iter_init(&start, document) && bson_iter_find_descendant(&start, path, &found)) { return found; }
   memset(&found, 0, sizeof found);
   return found;
}

static double amount(const bson_t *document, const char *path) {
   bson_iter_t found = value(document, path);
   return found.raw == NULL ? 0 : bson_iter_as_double(&found);
}

static const char *text(const bson_t *document, const char *path) {
   bson_iter_t found = value(document, path);
   return found.raw != NULL && BSON_ITER_HOLDS_UTF8(&found) ? bson_iter_utf8(&found, NULL) : "";
}

static void hex(const bson_t *document, const char *path, char result[25]) {
   bson_iter_t found = value(document, path);
   result[0] = 0;
   if (found.raw != NULL && BSON_ITER_HOLDS_OID(&found)) { bson_oid_to_string(bson_iter_oid(&found), result); }
}

/* Haversine, with the mean radius of the earth. */
static double kilometres(double latitude, double longitude, double to_latitude, double to_longitude) {
   const double radian = M_PI / 180;
   double north = sin((to_latitude - latitude) * radian / 2), east = sin((to_longitude - longitude) * radian / 2);
   double a = north * north + cos(latitude * radian) * cos(to_latitude * radian) * east * east;
   return 2 * 6371.0088 * asin(sqrt(a));
}

static void add_mechanic(struct peer *peer, const bson_t *document, double latitude, double longitude) {
   char id[25];
   hex(document, "_id", id);
   double lon = amount(document, "location.coordinates.0"), lat = amount(document, "location.coordinates.1");
   add(peer, "{\"id\":\"%s\",\"name\":\"%s\",\"specialization\":[", id, text(document, "name"));
   bson_iter_t list = value(document, "specialization_raw"), item;
   if (list.raw != NULL && BSON_ITER_HOLDS_ARRAY(&list) && bson_iter_recurse(&list, &item)) {
      for (bool first = true; bson_iter_next(&item); first = false) {
         add(peer, "%s\"%s\"", first ? "" : ",", bson_iter_utf8(&item, NULL));
      }
   }
   add(peer, "],\"experience_years\":%.0f,\"rating\":%.1f,\"location\":{\"latitude\":%.3f,\"longitude\":%.3f},",
       amount(document, "experience_years"), amount(document, "rating.avg"), lat, lon);
   add(peer, "\"distance_km\":%.1f}", kilometres(latitude, longitude, lat, lon));
}

static void near(struct peer *peer, const char *path) {
   double latitude = number(path, "latitude", 0), longitude = number(path, "longitude", 0);
   bson_t *filter = BCON_NEW("dispatchable", BCON_BOOL(true), "location", "{", "$nearSphere", "{", "$geometry", "{",
                             "type", "Point", "coordinates", "[", BCON_DOUBLE(longitude), BCON_DOUBLE(latitude), "]",
                             "}", "$maxDistance", BCON_DOUBLE(number(path, "radius_km", 10) * 1000), "}", "}");
   int64_t limit = (int64_t)number(path, "limit", 20);
   bson_t *options = BCON_NEW("limit", BCON_INT64(limit), "batchSize", BCON_INT64(limit + 1), "projection", "{",
                              "name", BCON_BOOL(true), "specialization_raw", BCON_BOOL(true), "experience_years",
                              BCON_BOOL(true), "rating", BCON_BOOL(true), "location", BCON_BOOL(true), "}");
   mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(peer->mechanics, filter, options, NULL);
   const bson_t *document;
   int count = 0;
   add(peer, "{\"success\":true,\"data\":{\"mechanics\":[");
   while (mongoc_cursor_next(cursor, &document)) {
      if (count++ > 0) { add(peer, ","); }
      add_mechanic(peer, document, latitude, longitude);
   }
   add(peer, "],\"count\":%d}}", count);
   bson_error_t error;
   if (mongoc_cursor_error(cursor, &error)) {
      fail(peer, "500 Internal Server Error", "find");
   } else {
      answer(peer, "200 OK");
   }
   mongoc_cursor_destroy(cursor);
   bson_destroy(options);
   bson_destroy(filter);
}

static void booking(struct peer *peer, const char *path) {
   bson_oid_t id;
   bson_oid_init_from_string(&id, path + strlen("/api/bookings/"));
   bson_t *filter = BCON_NEW("_id", BCON_OID(&id)), *options = BCON_NEW("limit", BCON_INT64(1));
   mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(peer->bookings, filter, options, NULL);
   const bson_t *document;
   if (mongoc_cursor_next(cursor, &document)) {
      char own[25], job[25], customer[25];
      hex(document, "_id", own);
      hex(document, "job_id", job);
      hex(document, "customer_id", customer);
      add(peer, "{\"success\":true,\"data\":{\"booking\":{\"id\":\"%s\",\"number\":%.0f,\"job_id\":\"%s\",", own,
          amount(document, "number"), job);
      add(peer, "\"user_id\":\"%s\",\"notes\":\"%s\"}}}", customer, text(document, "notes"));
      answer(peer, "200 OK");
   } else {
      fail(peer, "404 Not Found", "no such booking");
   }
   mongoc_cursor_destroy(cursor);
   bson_destroy(options);
   bson_destroy(filter);
}

static void request(struct peer *peer, const char *body) {
   bson_oid_t id;
   bson_oid_init(&id, NULL);
   double latitude = number(body, "latitude", 0), longitude = number(body, "longitude", 0);
   bson_t *document =
      BCON_NEW("_id", BCON_OID(&id), "service_type", "breakdown", "location", "{", "type", "Point", "coordinates",
               "[", BCON_DOUBLE(longitude), BCON_DOUBLE(latitude), "]", "}", "address", "Nairobi, Kenya",
               "description", "Car will not start", "status", "matching", "payment_status", "pending", "created_at",
               BCON_DATE_TIME((int64_t)time(NULL) * 1000), "version", BCON_INT64(1));
   bson_error_t error;
   if (mongoc_collection_insert_one(peer->requests, document, NULL, NULL, &error)) {
      char own[25];
      bson_oid_to_string(&id, own);
      add(peer, "{\"success\":true,\"data\":{\"service\":{\"id\":\"%s\",\"status\":\"pending\"}}}", own);
      answer(peer, "201 Created");
   } else {
      fail(peer, "500 Internal Server Error", "insert");
   }
   bson_destroy(document);
}

static void route(struct peer *peer, char *body) {
   static const char near_path[] = "/api/services/available-mechanics", booking_path[] = "/api/bookings/";
   peer->length = 0;
   if (strncmp(peer->input, "POST ", 5) == 0) {
      request(peer, body);
      return;
   }
   char *path = peer->input + 4, *end = strpbrk(path, " \r\n");
   if (end != NULL) { *end = 0; }
   if (strncmp(path, near_path, sizeof near_path - 1) == 0) {
      near(peer, path);
   } else if (strncmp(path, booking_path, sizeof booking_path - 1) == 0 &&
              bson_oid_is_valid(path + sizeof booking_path - 1, strlen(path + sizeof booking_path - 1))) {
      booking(peer, path);
   } else {
      fail(peer, "404 Not Found", "no such path");
   }
}

/* Reads requests until the client leaves. */
static void converse(struct peer *peer) {
   size_t have = 0;
   for (;;) {
      ssize_t count = recv(peer->fd, peer->input + have, BYTES - 1 - have, 0);
      if (count <= 0) { return; }
      have += (size_t)count;
      peer->input[have] = 0;
      char *end = strstr(peer->input, "\r\n\r\n");
      if (end == NULL) { continue; }
      char *field = strcasestr(peer->input, "\r\ncontent-length:");
      size_t length = field != NULL && field < end ? (size_t)atol(field + 17) : 0;
      if (have < (size_t)(end + 4 - peer->input) + length) { continue; }
      route(peer, end + 4);
      have = 0;
   }
}

static void *serve(void *argument) {
   struct peer *peer = argument;
   mongoc_client_t *client = mongoc_client_pool_pop(pool);
   peer->mechanics = mongoc_client_get_collection(client, database, "mechanics");
   peer->bookings = mongoc_client_get_collection(client, database, "bookings");
   peer->requests = mongoc_client_get_collection(client, database, "floor_requests");
   converse(peer);
   mongoc_collection_destroy(peer->requests);
   mongoc_collection_destroy(peer->bookings);
   mongoc_collection_destroy(peer->mechanics);
   mongoc_client_pool_push(pool, client);
   close(peer->fd);
   free(peer);
   return NULL;
}

int main(int argc, char **argv) {
   if (argc != 4) {
      fprintf(stderr, "usage: FloorMongo PORT URI DATABASE\n");
      return 64;
   }
   signal(SIGPIPE, SIG_IGN);
   mongoc_init();
   mongoc_uri_t *uri = mongoc_uri_new(argv[2]);
   if (uri == NULL) { return 64; }
   mongoc_uri_set_option_as_int32(uri, MONGOC_URI_MAXPOOLSIZE, 512);
   mongoc_write_concern_t *majority = mongoc_write_concern_new();
   mongoc_write_concern_set_wmajority(majority, 10000);
   mongoc_uri_set_write_concern(uri, majority);
   pool = mongoc_client_pool_new(uri);
   database = argv[3];

   int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
   if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4096) != 0) {
      perror("listen");
      return 1;
   }
   for (;;) {
      int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
      if (fd < 0) { continue; }
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      struct peer *peer = malloc(sizeof *peer);
      pthread_t thread;
      if (peer == NULL) { return 1; }
      peer->fd = fd;
      if (pthread_create(&thread, NULL, serve, peer) != 0) { return 1; }
      pthread_detach(thread);
   }
}
