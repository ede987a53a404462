/* Many sockets that are opened together. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPENING = 128, STALL_SECONDS = 20 };

static const uint64_t second = 1000000000u;

bool crowd_has(const struct crowd *crowd, const struct connection *connection) {
   return connection >= crowd->sockets && connection < crowd->sockets + crowd->count;
}

bool crowd_opened(struct crowd *crowd, struct connection *connection) {
   if (!crowd_has(crowd, connection)) { return false; }
   crowd->under_way--;
   crowd->opened++;
   note(&crowd->opening, now() - crowd->begun[connection->index]);
   return true;
}

bool crowd_ended(struct crowd *crowd, struct connection *connection) {
   if (!crowd_has(crowd, connection)) { return false; }
   if (connection->state == OPEN) {
      crowd->lost++;
   } else {
      crowd->refused++;
      crowd->under_way--;
   }
   return true;
}

void open_crowd(struct crowd *crowd, void (*open)(struct connection *, int index)) {
   crowd->sockets = calloc((size_t)crowd->count, sizeof *crowd->sockets);
   crowd->begun = calloc((size_t)crowd->count, sizeof *crowd->begun);
   if (crowd->sockets == NULL || crowd->begun == NULL) { stop("no memory"); }
   uint64_t start = now(), progress = start;
   int before = 0, next = 0;
   while (next < crowd->count || crowd->under_way > 0) {
      for (; next < crowd->count && crowd->under_way < OPENING; next++) {
         crowd->under_way++;
         crowd->begun[next] = now();
         open(&crowd->sockets[next], next);
      }
      turn(now() + second / 10);
      if (crowd->opened + crowd->refused != before) {
         before = crowd->opened + crowd->refused;
         progress = now();
      }
      if (now() - progress > STALL_SECONDS * second) { stop("only %d sockets opened", crowd->opened); }
   }
   double time = (double)(now() - start) / 1e9;
   printf("{\"opened\":%d,\"refused\":%d,\"seconds\":%.4f,", crowd->opened, crowd->refused, time);
   print_latencies("opening", &crowd->opening);
   puts("}");
}
