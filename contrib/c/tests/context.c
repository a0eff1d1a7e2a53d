/* Contexts, endpoints and what else needs nobody on the other side. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>

#include "check.h"
#include "smartflow.h"

static smartflow_context *context;

#define CHECK_JSON(wanted) CHECK_TEXT(smartflow_context_json(context, NULL), wanted)

static void values_are_written(void) {
  CHECK_JSON("{}");
  smartflow_context_integer(context, "days", 7);
  smartflow_context_number(context, "balance", 12.5);
  smartflow_context_text(context, "name", "Marija Ħ 🎰");
  smartflow_context_bool(context, "vip", true);
  smartflow_context_bool(context, "new", false);
  smartflow_context_null(context, "club");
  smartflow_context_text(context, "none", NULL);
  CHECK_JSON(
      "{\"days\":7,\"balance\":12.5,\"name\":\"Marija Ħ 🎰\",\"vip\":true,\"new\":false,\"club\":null,\"none\":null}");
  size_t bytes = 0;
  const char *json = smartflow_context_json(context, &bytes);
  CHECK(bytes == strlen(json));
}

static void nesting_is_written(void) {
  smartflow_context_clear(context);
  smartflow_context_begin_object(context, "wallet");
  CHECK_JSON("{\"wallet\":{}}");
  smartflow_context_number(context, "cash", 1);
  smartflow_context_end(context);
  smartflow_context_begin_list(context, "games");
  smartflow_context_text(context, NULL, "wolf");
  smartflow_context_begin_list(context, NULL);
  smartflow_context_end(context);
  smartflow_context_begin_object(context, NULL);
  CHECK_JSON("{\"wallet\":{\"cash\":1},\"games\":[\"wolf\",[],{}]}");
  smartflow_context_end(context);
  smartflow_context_integer(context, NULL, -3);
  smartflow_context_end(context);
  CHECK(smartflow_context_bool(context, "x", true) == SMARTFLOW_OK);
  CHECK_JSON("{\"wallet\":{\"cash\":1},\"games\":[\"wolf\",[],{},-3],\"x\":true}");
}

static void texts_are_escaped(void) {
  smartflow_context_clear(context);
  smartflow_context_text_bytes(context, "a\"b", "\0\x01\b\f\n\r\t\x1f\"\\/\x7f", 12);
  CHECK_JSON("{\"a\\\"b\":\"\\u0000\\u0001\\b\\f\\n\\r\\t\\u001f\\\"\\\\/\x7f\"}");
}

static void other_than_utf8_is_refused(void) {
  static const char *const wrong[] = {
      "\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
      "\xE2\x82", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\x8E",
      "\xFF", "12345678\xFF", "1234567\xC3", "1234567\xE2\x82(9"};
  for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
    smartflow_context_clear(context);
    CHECK(smartflow_context_text(context, "a", wrong[index]) == SMARTFLOW_INVALID_ARGUMENT);
    CHECK(smartflow_context_json(context, NULL) == NULL);
    smartflow_context_clear(context);
    CHECK(smartflow_context_bool(context, wrong[index], true) == SMARTFLOW_INVALID_ARGUMENT);
  }
  static const char *const right[] = {
      "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
      "\xF4\x8F\xBF\xBF", "1234567\xC3\xA4", "12345678\xC3\xA4"};
  for (size_t index = 0; index < sizeof right / sizeof *right; index++) {
    smartflow_context_clear(context);
    CHECK(smartflow_context_text(context, "a", right[index]) == SMARTFLOW_OK);
  }
}

static double written(double value) {
  smartflow_context_clear(context);
  smartflow_context_number(context, "a", value);
  const char *json = smartflow_context_json(context, NULL);
  REQUIRE(json != NULL);
  char copy[64];
  snprintf(copy, sizeof copy, "%s", json + strlen("{\"a\":"));
  copy[strlen(copy) - 1] = 0;
  REQUIRE(strspn(copy, "0123456789+-.e") == strlen(copy));
  /* Read as JSON has it, whatever the locale. */
  char *point = strchr(copy, '.');
  if (point) *point = localeconv()->decimal_point[0];
  return strtod(copy, NULL);
}

static void numbers_read_back(void) {
  static const double known[] = {
      0, -0.0, 1, -1, 0.1, 0.2, 0.30000000000000004, 1e21, 1e-7, 123456789012345680.0, 9007199254740991, 9007199254740992,
      900719925474.0991, 5e-324, DBL_MIN, DBL_MAX, -DBL_MAX, 1.0 / 3, 12.25, 99.9999, 1e15, 1e16, 1e22,
      4503599627370496.5, 0.00005, 0.0001};
  for (size_t index = 0; index < sizeof known / sizeof *known; index++) CHECK(written(known[index]) == known[index]);
  CHECK(signbit(written(-0.0)));
  uint64_t random = 88172645463325252;
  unsigned wrong = 0;
  for (unsigned index = 0; index < 200000; index++) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    double value;
    memcpy(&value, &random, sizeof value);
    /* Every other one of a size that people use. */
    if (index % 2) value = (double)(int64_t)(random >> 20) / (index % 4 == 1 ? 100 : 7);
    if (isfinite(value) && written(value) != value) wrong++;
  }
  CHECK(wrong == 0);
  static const double none[] = {NAN, INFINITY, -INFINITY};
  for (unsigned index = 0; index < 3; index++) {
    smartflow_context_clear(context);
    CHECK(smartflow_context_number(context, "a", none[index]) == SMARTFLOW_INVALID_ARGUMENT);
  }
  smartflow_context_clear(context);
  smartflow_context_integer(context, "least", INT64_MIN);
  smartflow_context_integer(context, "most", INT64_MAX);
  CHECK_JSON("{\"least\":-9223372036854775808,\"most\":9223372036854775807}");
}

static void a_comma_of_the_locale_is_no_comma_here(void) {
  const char *names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "ps_AF.UTF-8"};
  bool is_set = false;
  for (size_t index = 0; index < sizeof names / sizeof *names && !is_set; index++) {
    is_set = setlocale(LC_NUMERIC, names[index]) != NULL;
  }
  if (!is_set) printf("context      no locale with a decimal comma is installed: that part was left out\n");
  smartflow_context_clear(context);
  smartflow_context_number(context, "a", 1.0 / 3);
  CHECK_JSON("{\"a\":0.3333333333333333}");
  CHECK(written(0.1234567) == 0.1234567);
  setlocale(LC_NUMERIC, "C");
}

static void the_first_mistake_is_kept(void) {
  smartflow_context_clear(context);
  CHECK(smartflow_context_end(context) == SMARTFLOW_INVALID_ARGUMENT);
  CHECK(smartflow_context_bool(context, "a", true) == SMARTFLOW_INVALID_ARGUMENT);
  CHECK_TEXT(smartflow_context_mistake(context), "nothing is open that could be ended");
  smartflow_context_clear(context);
  CHECK_TEXT(smartflow_context_mistake(context), "");
  CHECK(smartflow_context_bool(context, NULL, true) == SMARTFLOW_INVALID_ARGUMENT);
  smartflow_context_clear(context);
  smartflow_context_begin_list(context, "a");
  CHECK(smartflow_context_bool(context, "b", true) == SMARTFLOW_INVALID_ARGUMENT);
  CHECK(smartflow_context_bool(NULL, "b", true) == SMARTFLOW_RESOURCE_EXHAUSTED);
  CHECK(smartflow_context_text(NULL, "b", "c") == SMARTFLOW_RESOURCE_EXHAUSTED);
  CHECK(smartflow_context_number(NULL, "b", NAN) == SMARTFLOW_RESOURCE_EXHAUSTED);
  CHECK(smartflow_context_json(NULL, NULL) == NULL);
  smartflow_context_free(NULL);
}

static void depth_and_length_are_bounded(void) {
  smartflow_context_clear(context);
  for (unsigned level = 1; level < 32; level++) CHECK(smartflow_context_begin_list(context, level > 1 ? NULL : "a") == SMARTFLOW_OK);
  CHECK(smartflow_context_begin_list(context, NULL) == SMARTFLOW_INVALID_ARGUMENT);
  smartflow_context_clear(context);
  static char text[1 << 20];
  memset(text, 'x', sizeof text - 1);
  for (unsigned index = 0; index < 3; index++) CHECK(smartflow_context_text(context, "a", text) == SMARTFLOW_OK);
  CHECK(smartflow_context_text(context, "a", text) == SMARTFLOW_RESOURCE_EXHAUSTED);
  CHECK(smartflow_context_json(context, NULL) == NULL);
}

static smartflow_code opening(const char *endpoint, char *why, size_t bytes) {
  smartflow_client *client;
  const smartflow_code code = smartflow_open(endpoint, &client, why, bytes);
  CHECK((client != NULL) == (code == SMARTFLOW_OK));
  smartflow_close(client);
  return code;
}

static void endpoints_are_read(void) {
  static const char *const right[] = {"unix:///run/x", "unix:x", "unix-abstract:x", "/run/x", "x"};
  for (size_t index = 0; index < sizeof right / sizeof *right; index++) CHECK(opening(right[index], NULL, 0) == SMARTFLOW_OK);
  char why[400], path[120];
  CHECK(opening("tcp://localhost", why, sizeof why) == SMARTFLOW_INVALID_ARGUMENT);
  CHECK(strstr(why, "tcp://localhost") != NULL);
  CHECK(opening("", why, sizeof why) == SMARTFLOW_INVALID_ARGUMENT);
  CHECK(opening("unix://", why, 5) == SMARTFLOW_INVALID_ARGUMENT);
  CHECK(strlen(why) == 4);
  memset(path, 'x', sizeof path);
  path[107] = 0;
  CHECK(opening(path, why, sizeof why) == SMARTFLOW_OK);
  path[107] = 'x';
  path[108] = 0;
  CHECK(opening(path, why, sizeof why) == SMARTFLOW_INVALID_ARGUMENT);
}

static void codes_have_names(void) {
  CHECK_TEXT(smartflow_code_name(SMARTFLOW_NOT_FOUND), "NOT_FOUND");
  CHECK_TEXT(smartflow_code_name(SMARTFLOW_UNAUTHENTICATED), "UNAUTHENTICATED");
  CHECK_TEXT(smartflow_code_name(17), "CODE");
  CHECK_TEXT(smartflow_code_name(-1), "CODE");
}

int main(void) {
  context = smartflow_context_new();
  REQUIRE(context != NULL);
  values_are_written();
  nesting_is_written();
  texts_are_escaped();
  other_than_utf8_is_refused();
  numbers_read_back();
  a_comma_of_the_locale_is_no_comma_here();
  the_first_mistake_is_kept();
  depth_and_length_are_bounded();
  endpoints_are_read();
  codes_have_names();
  smartflow_context_free(context);
  return checks_end("context");
}
