#define _POSIX_C_SOURCE 200809L

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

static const char *behind(const char *text, const char *prefix) {
  const size_t count = strlen(prefix);
  return strncmp(text, prefix, count) == 0 ? text + count : NULL;
}

static smartflow_code parse(smartflow_client *client, const char *text, char *why, size_t why_bytes) {
  const char *abstract = behind(text, "unix-abstract:");
  const char *name = abstract;
  if (!name) name = behind(text, "unix://");
  if (!name) name = behind(text, "unix:");
  if (!name && strstr(text, "://")) {
    snprintf(
        why, why_bytes, "endpoint `%s` is not a Unix socket; write unix:///path, unix:path or unix-abstract:name", text);
    return SMARTFLOW_INVALID_ARGUMENT;
  }
  if (!name) name = text;
  const size_t count = strlen(name);
  if (count == 0) {
    snprintf(why, why_bytes, "endpoint `%s` names no socket; write unix:///path/to/socket", text);
    return SMARTFLOW_INVALID_ARGUMENT;
  }
  if (count > LIMIT_SOCKET_NAME) {
    snprintf(
        why, why_bytes, "socket path `%s` has %zu bytes and a socket's address holds %d; choose a shorter one", name,
        count, LIMIT_SOCKET_NAME);
    return SMARTFLOW_INVALID_ARGUMENT;
  }
  client->address = (struct sockaddr_un){.sun_family = AF_UNIX};
  /* An abstract name begins with a zero byte, and ends where the address does; a path ends with one. */
  memcpy(client->address.sun_path + (abstract ? 1 : 0), name, count);
  client->address_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count + 1);
  const char *scheme = abstract ? "unix-abstract:" : name[0] == '/' ? "unix://" : "unix:";
  snprintf(client->endpoint, sizeof client->endpoint, "%s%s", scheme, name);
  return SMARTFLOW_OK;
}

smartflow_code sf_find_endpoint(smartflow_client *client, const char *given, char *why, size_t why_bytes) {
  if (given) return parse(client, given, why, why_bytes);
  const char *said = getenv("SMARTFLOW_ENDPOINT");
  if (said && *said) return parse(client, said, why, why_bytes);
  if (geteuid() == 0) return parse(client, "unix:///run/smartflow/smartflow.sock", why, why_bytes);
  const char *folder = getenv("XDG_RUNTIME_DIR");
  if (!folder || !*folder) {
    snprintf(why, why_bytes, "no endpoint is known: give one, or set SMARTFLOW_ENDPOINT");
    return SMARTFLOW_INVALID_ARGUMENT;
  }
  char path[LIMIT_SOCKET_NAME + sizeof "unix:///smartflow.sock"];
  const int count = snprintf(path, sizeof path, "unix://%s/smartflow.sock", folder);
  if (count < 0 || (size_t)count >= sizeof path) {
    snprintf(why, why_bytes, "XDG_RUNTIME_DIR is longer than a socket's address; set SMARTFLOW_ENDPOINT");
    return SMARTFLOW_INVALID_ARGUMENT;
  }
  return parse(client, path, why, why_bytes);
}
