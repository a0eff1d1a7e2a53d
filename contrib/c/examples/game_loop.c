/* A game's loop at 60 Hz that asks now and then and never waits for an answer: `game_loop TREE-ID FRAMES [ENDPOINT]`.
 *
 * smartflow_poll(client, 0) takes its turn in each frame; decisions come to a callback in a later one. What is left of
 * a frame is spent in poll(), which an answer ends early. */
#define _POSIX_C_SOURCE 200809L

#include <poll.h>
#include <smartflow.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FRAME_NANOSECONDS = 1000000000 / 60, FRAMES_BETWEEN_QUESTIONS = 10 };

typedef struct game {
  unsigned asked, answered, failed;
  /* The longest that the client kept a frame, in nanoseconds. */
  int64_t longest;
} game;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void decided(smartflow_call *call, void *user) {
  game *it = user;
  const smartflow_execution *execution = smartflow_execution_of(call);
  if (smartflow_code_of(call) == SMARTFLOW_OK) {
    it->answered++;
    for (const smartflow_action *one = execution->actions; one; one = one->next) printf("show %s\n", one->type);
  } else {
    it->failed++;
    fprintf(stderr, "game_loop: %s\n", smartflow_error_of(call)->message);
  }
}

static void ask(smartflow_client *client, smartflow_context *player, const char *tree, game *it) {
  smartflow_context_clear(player);
  smartflow_context_integer(player, "daysInactive", it->asked % 12);
  const smartflow_request request = {
      SMARTFLOW_REQUEST, .tree_id = tree, .player_id = "maria", .context = player, .dry_run = true,
      .options = {.timeout_ms = 500}};
  if (smartflow_execute(client, &request, decided, it)) {
    it->asked++;
  } else {
    it->failed++;
  }
}

int main(int count, char **arguments) {
  if (count < 3) {
    fprintf(stderr, "usage: game_loop TREE-ID FRAMES [ENDPOINT]\n");
    return 64;
  }
  smartflow_client *client;
  char why[256];
  if (smartflow_open(count > 3 ? arguments[3] : NULL, &client, why, sizeof why) != SMARTFLOW_OK) {
    fprintf(stderr, "game_loop: %s\n", why);
    return 1;
  }
  smartflow_context *player = smartflow_context_new();
  game it = {0};
  const long frames = strtol(arguments[2], NULL, 10);
  struct pollfd wanted = {.fd = smartflow_fd(client), .events = POLLIN};
  for (long frame = 0; frame < frames || smartflow_under_way(client) > 0; frame++) {
    const int64_t end = now() + FRAME_NANOSECONDS;
    if (frame < frames && frame % FRAMES_BETWEEN_QUESTIONS == 0) ask(client, player, arguments[1], &it);
    const int64_t began = now();
    smartflow_poll(client, 0);
    const int64_t took = now() - began;
    if (took > it.longest) it.longest = took;
    /* Here the game computes and draws. */
    for (int64_t left = end - now(); left > 0; left = end - now()) {
      if (poll(&wanted, 1, (int)(left / 1000000) + 1) > 0) smartflow_poll(client, 0);
    }
  }
  fprintf(stderr, "asked %u, answered %u, failed %u; a frame gave the client %lld us at most\n", it.asked, it.answered,
      it.failed, (long long)(it.longest / 1000));
  smartflow_context_free(player);
  smartflow_close(client);
  return it.failed == 0 && it.answered == it.asked ? 0 : 1;
}
