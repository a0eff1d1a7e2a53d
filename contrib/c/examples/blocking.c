/* One decision, waited for: `blocking TREE.json DAYS [ENDPOINT]`; a line for each action. */
#include <smartflow.h>
#include <stdio.h>
#include <stdlib.h>

static char tree[1 << 20];

static int complain(const char *what) {
  fprintf(stderr, "blocking: %s\n", what);
  return 1;
}

int main(int count, char **arguments) {
  if (count < 3) return complain("usage: blocking TREE.json DAYS [ENDPOINT]");
  FILE *file = fopen(arguments[1], "rb");
  if (!file) return complain("the tree's file can't be opened");
  const size_t bytes = fread(tree, 1, sizeof tree, file);
  fclose(file);

  smartflow_client *client;
  char why[256];
  if (smartflow_open(count > 3 ? arguments[3] : NULL, &client, why, sizeof why) != SMARTFLOW_OK) return complain(why);

  smartflow_context *player = smartflow_context_new();
  smartflow_context_integer(player, "daysInactive", strtol(arguments[2], NULL, 10));
  smartflow_context_text(player, "name", "Maria");
  const smartflow_request request = {
      SMARTFLOW_REQUEST, .tree_json = tree, .tree_json_bytes = bytes, .player_id = "maria", .context = player,
      .options = {.timeout_ms = 2000}};

  smartflow_call *call = smartflow_execute(client, &request, NULL, NULL);
  const smartflow_code code = smartflow_wait(call);
  if (code == SMARTFLOW_OK) {
    for (const smartflow_action *one = smartflow_execution_of(call)->actions; one; one = one->next) {
      const smartflow_value *message = smartflow_member(one->parameters, "message");
      printf("%s %s %s\n", one->type, one->path, message ? message->text : "");
    }
  } else {
    const smartflow_error *error = smartflow_error_of(call);
    fprintf(stderr, "%s %s: %s\n", smartflow_code_name(code), error->reason, error->message);
    for (const smartflow_violation *one = error->violations; one; one = one->next) {
      fprintf(stderr, "  %s: %s\n", one->field, one->description);
    }
  }
  smartflow_release(call);
  smartflow_context_free(player);
  smartflow_close(client);
  return code == SMARTFLOW_OK ? 0 : 1;
}
