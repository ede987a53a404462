/* Everybody who is on the road at once: providers who listen for jobs or send their positions, and customers who ask for
 * help; and those who are in the topics of a hub. One process, one epoll loop, so that it fits on one core beside the server's.
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

static struct options options = {.connections = 64, .rate = 50, .seconds = 5, .warm = 1, .in_topic = 1,
                                 .scene = "alerts", .socket_path = "/ws/driver/available_bookings/",
                                 .publish_path = "/pub/{t}", .publish_body = "{m}"};

static const struct {
   const char *name;
   void (*play)(const struct options *);
} scenes[] = {{"alerts", play_alerts}, {"positions", play_positions}, {"topics", play_topics},
              {"opening", play_opening}, {"pushes", play_pushes}, {"resume", play_resume}};

static void read_options(int argc, char **argv) {
   static const struct option known[] = {
      {"port", required_argument, NULL, 'p'},      {"sockets", required_argument, NULL, 'n'},
      {"connections", required_argument, NULL, 'c'}, {"rate", required_argument, NULL, 'r'},
      {"seconds", required_argument, NULL, 't'},   {"warm", required_argument, NULL, 'w'},
      {"closed", no_argument, NULL, 'C'},          {"follow", required_argument, NULL, 'f'},
      {"providers", required_argument, NULL, 'P'}, {"customers", required_argument, NULL, 'K'},
      {"calls", required_argument, NULL, 'B'},     {"scene", required_argument, NULL, 'S'},
      {"socket-port", required_argument, NULL, 'q'}, {"socket-path", required_argument, NULL, 'u'},
      {"in-topic", required_argument, NULL, 'i'},  {"deaf", required_argument, NULL, 'd'},
      {"publish-path", required_argument, NULL, 'a'}, {"publish-body", required_argument, NULL, 'b'},
      {"publish-frames", no_argument, NULL, 'F'},  {"round", no_argument, NULL, 'R'},
      {"latest", no_argument, NULL, 'L'},          {NULL, 0, NULL, 0}};
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
      case 'S': options.scene = optarg; break;
      case 'q': options.socket_port = atoi(optarg); break;
      case 'u': options.socket_path = optarg; break;
      case 'i': options.in_topic = atoi(optarg); break;
      case 'd': options.deaf = atoi(optarg); break;
      case 'a': options.publish_path = optarg; break;
      case 'b': options.publish_body = optarg; break;
      case 'F': options.publishes_frames = true; break;
      case 'R': options.goes_round = true; break;
      case 'L': options.keeps_latest = true; break;
      default: exit(64);
      }
   }
   if (options.port <= 0 || options.connections <= 0 || options.rate <= 0 || options.seconds <= 0 || options.in_topic <= 0) {
      stop("--port is needed, and numbers must be above zero");
   }
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
   for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
      if (strcmp(scenes[i].name, options.scene) == 0) {
         scenes[i].play(&options);
         return 0;
      }
   }
   stop("there is no scene %s", options.scene);
}
