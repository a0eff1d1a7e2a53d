#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <string.h>

#include "client.h"
#include "wire.h"

enum { HEADER_BYTES = 10, TYPE_REQUEST = 1, TYPE_RESPONSE = 2 };

/* --- Sending */

static const uint64_t last_stream = UINT32_MAX;

bool sf_has_room(const smartflow_client *client) {
  return client->stream_count < LIMIT_IN_FLIGHT && client->output.count - client->sent < LIMIT_OUTPUT_BYTES &&
         client->next_stream <= last_stream;
}

static void put_u32(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 24);
  at[1] = (uint8_t)(value >> 16);
  at[2] = (uint8_t)(value >> 8);
  at[3] = (uint8_t)value;
}

/* Puts a call's frame into the output; false when there is no memory for it. */
static bool put(smartflow_client *client, smartflow_call *call, uint64_t now) {
  const uint64_t server_deadline = call->deadline - call->grace;
  uint8_t tail[16];
  sf_writer timeout = {tail, 0};
  sf_put_number_field(&timeout, 4, server_deadline > now ? server_deadline - now : 1);
  const size_t data = call->bytes.count + timeout.count;
  const size_t longest = (size_t)HEADER_BYTES + LIMIT_MESSAGE_BYTES + LIMIT_OUTPUT_BYTES;
  if (client->sent > 0) {
    client->output.count -= client->sent;
    memmove(client->output.data, client->output.data + client->sent, client->output.count);
    client->sent = 0;
  }
  if (!sf_bytes_reserve(&client->output, HEADER_BYTES + data, longest)) return false;
  uint8_t *at = client->output.data + client->output.count;
  put_u32(at, (uint32_t)data);
  put_u32(at + 4, (uint32_t)client->next_stream);
  at[8] = TYPE_REQUEST;
  at[9] = 0;
  memcpy(at + HEADER_BYTES, call->bytes.data, call->bytes.count);
  memcpy(at + HEADER_BYTES + call->bytes.count, tail, timeout.count);
  client->output.count += HEADER_BYTES + data;
  client->total_put += HEADER_BYTES + data;
  call->end = client->total_put;
  call->state = SF_IN_FLIGHT;
  client->streams[client->stream_count++] = (sf_stream){(uint32_t)client->next_stream, call};
  client->next_stream += 2;
  return true;
}

void sf_put_out(smartflow_client *client, uint64_t now) {
  while (client->waiting.first && sf_has_room(client)) {
    smartflow_call *call = client->waiting.first;
    sf_remove(&client->waiting, call);
    if (!put(client, call, now)) sf_end(call, SMARTFLOW_RESOURCE_EXHAUSTED, "there is no memory to send the request");
  }
  if (!client->waiting.first) return;
  if (client->next_stream > last_stream && client->stream_count == 0) sf_lose(client, "all stream IDs are used up");
  if (client->given_up == LIMIT_IN_FLIGHT) sf_lose(client, "none of 256 calls was answered on this connection");
}

static void receive_up_to(smartflow_client *client, unsigned reads, bool is_ended);

void sf_flush(smartflow_client *client) {
  while (client->socket >= 0 && client->sent < client->output.count) {
    const ssize_t count = send(
        client->socket, client->output.data + client->sent, client->output.count - client->sent,
        MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      const int error = errno;
      if (error == EINTR) continue;
      if (error == EAGAIN || error == EWOULDBLOCK) break;
      /* Answers that came before the connection ended are not lost. */
      receive_up_to(client, LIMIT_READS_AFTER_END, true);
      sf_lose_by(client, "writing", error);
      return;
    }
    client->sent += (size_t)count;
    client->total_sent += (uint64_t)count;
  }
  if (client->sent == client->output.count) {
    client->sent = 0;
    sf_bytes_reset(&client->output, LIMIT_OUTPUT_BYTES * 2);
  }
}

/* --- Receiving */

/* Its place among the streams; they are answered in about their order. */
static size_t find(const smartflow_client *client, uint32_t stream) {
  size_t index = 0;
  while (index < client->stream_count && client->streams[index].id != stream) index++;
  return index;
}

static smartflow_call *take_stream(smartflow_client *client, size_t index) {
  smartflow_call *call = client->streams[index].call;
  if (!call) client->given_up--;
  client->stream_count--;
  memmove(
      &client->streams[index], &client->streams[index + 1],
      (client->stream_count - index) * sizeof client->streams[0]);
  /* Only now is it known that somebody is there who answers. */
  client->failed_dials = 0;
  return call;
}

static uint32_t u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Takes the next frame, or says how many bytes there must be for it; 0: it was taken. */
static size_t take_frame(smartflow_client *client, uint8_t *at, size_t left, size_t *taken) {
  if (left < HEADER_BYTES) return HEADER_BYTES;
  const size_t size = u32(at);
  const size_t index = find(client, u32(at + 4));
  const bool is_ours = at[8] == TYPE_RESPONSE && index < client->stream_count;
  smartflow_call *call = is_ours ? client->streams[index].call : NULL;
  if (!call || size > LIMIT_MESSAGE_BYTES) {
    /* Late, unknown or too long: thrown away as it arrives. */
    *taken = HEADER_BYTES;
    client->bytes_to_skip = size;
    if (is_ours) take_stream(client, index);
    if (call) sf_end_too_large(call, "the answer", size);
    return 0;
  }
  if (left - HEADER_BYTES < size) return HEADER_BYTES + size;
  *taken = HEADER_BYTES + size;
  take_stream(client, index);
  call->bytes.count = 0;
  if (!sf_bytes_add(&call->bytes, at + HEADER_BYTES, size, LIMIT_MESSAGE_BYTES)) {
    sf_end(call, SMARTFLOW_RESOURCE_EXHAUSTED, "there is no memory for the server's answer");
  } else {
    sf_answer(call);
  }
  return 0;
}

/* Takes all frames that came whole, and makes room for the rest; false when there is no memory for it. */
static bool take_frames(smartflow_client *client) {
  size_t at = 0, wanted = 0;
  while (wanted == 0) {
    const size_t left = client->input.count - at;
    const size_t skipped = client->bytes_to_skip < left ? (size_t)client->bytes_to_skip : left;
    client->bytes_to_skip -= skipped;
    at += skipped;
    size_t taken = 0;
    wanted = take_frame(client, client->input.data + at, client->input.count - at, &taken);
    at += taken;
  }
  client->input.count -= at;
  if (client->input.count > 0) {
    memmove(client->input.data, client->input.data + at, client->input.count);
  } else if (client->input.capacity > LIMIT_READ_BYTES) {
    sf_bytes_free(&client->input);
  }
  const size_t longest = (size_t)HEADER_BYTES + LIMIT_MESSAGE_BYTES;
  return wanted <= client->input.capacity ||
         sf_bytes_reserve(&client->input, wanted - client->input.count, longest);
}

static void receive_up_to(smartflow_client *client, unsigned reads, bool is_ended) {
  for (unsigned index = 0; index < reads; index++) {
    if (client->input.capacity == 0 && !sf_bytes_reserve(&client->input, LIMIT_READ_BYTES, LIMIT_READ_BYTES)) {
      if (!is_ended) sf_lose(client, "there is no memory to receive an answer");
      return;
    }
    const size_t room = client->input.capacity - client->input.count;
    const ssize_t count = recv(client->socket, client->input.data + client->input.count, room, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (count <= 0) {
      const int error = errno;
      if (is_ended) return;
      if (count == 0) {
        sf_lose(client, "the server closed the connection");
      } else {
        sf_lose_by(client, "reading", error);
      }
      return;
    }
    client->input.count += (size_t)count;
    if (!take_frames(client)) {
      if (!is_ended) sf_lose(client, "there is no memory to receive an answer");
      return;
    }
    /* There was no more. */
    if ((size_t)count < room && !is_ended) return;
  }
}

void sf_receive(smartflow_client *client) { receive_up_to(client, LIMIT_READS, false); }
