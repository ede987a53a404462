/* Everybody who is on the road at once: providers who listen for jobs or send their positions, and customers who ask for
 * help. One process, one epoll loop, so that it fits on one core beside the server's.
 *
 * It goes from step to step with its parent, which measures the server in between. Each step ends with a line of JSON on
 * standard output:
 *
 *   opened     everything is connected; it goes on with a line on standard input
 *   warm       what follows counts
 *   measured   what follows does not count any more
 *   …          the result; it ends with a line on standard input
 */
#define _GNU_SOURCE
#include "load.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static struct options options = {.connections = 64, .rate = 50, .seconds = 5, .warm = 1,
                                 .socket_path = "/ws/driver/available_bookings/"};

static void read_options(int argc, char **argv) {
   static const struct option known[] = {
      {"port", required_argument, NULL, 'p'},      {"sockets", required_argument, NULL, 'n'},
      {"connections", required_argument, NULL, 'c'}, {"rate", required_argument, NULL, 'r'},
      {"seconds", required_argument, NULL, 't'},   {"warm", required_argument, NULL, 'w'},
      {"closed", no_argument, NULL, 'C'},          {"follow", required_argument, NULL, 'f'},
      {"providers", required_argument, NULL, 'P'}, {"customers", required_argument, NULL, 'K'},
      {"calls", required_argument, NULL, 'B'},     {NULL, 0, NULL, 0}};
   for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
      switch (option) {
      case 'p': options.port = atoi(optarg); break;
      case 'n': options.sockets = atoi(optarg); break;
      case 'c': options.connections = atoi(optarg); break;
      case 'r': options.rate = atoi(optarg); break;
      case 't': options.seconds = atoi(optarg); break;
      case 'w': options.warm = atoi(optarg); break;
      case 'C': options.is_closed = true; break;
      case 'f': options.follow = strcmp(optarg, "cancel") == 0 ? CANCEL : strcmp(optarg, "none") == 0 ? NOTHING : ACCEPT; break;
      case 'P': options.providers = optarg; break;
      case 'K': options.customers = optarg; break;
      case 'B': options.calls = optarg; break;
      default: exit(64);
      }
   }
   if (options.port <= 0 || options.connections <= 0 || options.rate <= 0 || options.seconds <= 0) {
      stop("--port is needed, and numbers must be above zero");
   }
   if (options.providers == NULL || options.calls == NULL) { stop("--providers and --calls are needed"); }
}

int main(int argc, char **argv) {
   read_options(argc, argv);
   signal(SIGPIPE, SIG_IGN);
   struct rlimit files;
   getrlimit(RLIMIT_NOFILE, &files);
   files.rlim_cur = files.rlim_max;
   setrlimit(RLIMIT_NOFILE, &files);
   rlim_t wanted = (rlim_t)(options.sockets + options.connections + 32);
   if (wanted > files.rlim_cur) { stop("a process may open only %lu files here", (unsigned long)files.rlim_cur); }
   /* Customers are there in one scene only. */
   if (options.customers != NULL) {
      play_alerts(&options);
   } else {
      play_positions(&options);
   }
   return 0;
}
