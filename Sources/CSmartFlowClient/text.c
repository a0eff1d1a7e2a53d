#define _POSIX_C_SOURCE 200809L

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The length of the character at a place, 0 when it is none. */
static size_t character_bytes(const uint8_t *at, size_t left) {
  const uint8_t first = at[0];
  if (first < 0x80) return 1;
  size_t count;
  uint8_t low = 0x80, high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    count = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    count = 3;
    if (first == 0xE0) low = 0xA0;  /* overlong below */
    if (first == 0xED) high = 0x9F; /* surrogates above */
  } else if (first >= 0xF0 && first <= 0xF4) {
    count = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F; /* U+10FFFF is the last */
  } else {
    return 0;
  }
  if (count > left || at[1] < low || at[1] > high) return 0;
  for (size_t index = 2; index < count; index++) {
    if ((at[index] & 0xC0) != 0x80) return 0;
  }
  return count;
}

bool sf_is_utf8(const void *bytes, size_t count) {
  const uint8_t *at = bytes;
  while (count > 0) {
    uint64_t eight;
    if (count >= sizeof eight) {
      memcpy(&eight, at, sizeof eight);
      if ((eight & UINT64_C(0x8080808080808080)) == 0) {
        at += sizeof eight;
        count -= sizeof eight;
        continue;
      }
    }
    const size_t step = character_bytes(at, count);
    if (step == 0) return false;
    at += step;
    count -= step;
  }
  return true;
}

bool sf_is_finite(double value) { return value - value == 0; }

static size_t digits_of(uint64_t value, char *text) {
  char backwards[20];
  size_t count = 0;
  do {
    backwards[count++] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  for (size_t index = 0; index < count; index++) text[index] = backwards[count - 1 - index];
  return count;
}

size_t sf_integer_text(int64_t value, char text[SF_NUMBER_BYTES]) {
  size_t count = 0;
  if (value < 0) text[count++] = '-';
  return count + digits_of(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, text + count);
}

/* What money and counts are: up to four places. The quotient of two whole numbers that a double holds is the double
 * nearest to it, and so is what a reader makes of the same digits. */
static size_t short_number(double value, char *text) {
  const double scaled = value * 10000;
  if (!(scaled < 9007199254740992.0)) return 0;
  const uint64_t whole = (uint64_t)(scaled + 0.5);
  if ((double)whole / 10000 != value) return 0;
  size_t count = digits_of(whole / 10000, text);
  uint64_t rest = whole % 10000;
  if (rest == 0) return count;
  text[count++] = '.';
  for (uint64_t unit = 1000; rest > 0; unit /= 10) {
    text[count++] = (char)('0' + rest / unit);
    rest %= unit;
  }
  return count;
}

size_t sf_number_text(double value, char text[SF_NUMBER_BYTES]) {
  size_t start = 0;
  if (value < 0 || (value == 0 && 1 / value < 0)) {
    text[start++] = '-';
    value = -value;
  }
  const size_t brief = short_number(value, text + start);
  if (brief > 0) return start + brief;
  char printed[64];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(printed, sizeof printed, "%.*g", digits, value);
    /* Both go by the locale, so they agree. */
    if (strtod(printed, NULL) == value) break;
  }
  /* Whatever the locale has for a point, in however many bytes. */
  size_t count = start;
  bool is_point = false;
  for (const char *at = printed; *at; at++) {
    const bool is_number = (*at >= '0' && *at <= '9') || *at == 'e' || *at == '-' || *at == '+';
    if (is_number) text[count++] = *at;
    if (!is_number && !is_point) text[count++] = '.';
    is_point = !is_number;
  }
  return count;
}

void sf_write_text(sf_sink sink, void *to, const char *text, size_t count) {
  static const char hexadecimal[] = "0123456789abcdef";
  sink(to, "\"", 1);
  size_t plain = 0;
  for (size_t at = 0; at < count; at++) {
    const unsigned char one = (unsigned char)text[at];
    if (one >= 0x20 && one != '"' && one != '\\') continue;
    sink(to, text + plain, at - plain);
    plain = at + 1;
    char escape[6] = {'\\', (char)one};
    size_t bytes = 2;
    switch (one) {
      case '"': case '\\': break;
      case '\b': escape[1] = 'b'; break;
      case '\f': escape[1] = 'f'; break;
      case '\n': escape[1] = 'n'; break;
      case '\r': escape[1] = 'r'; break;
      case '\t': escape[1] = 't'; break;
      default:
        memcpy(escape + 1, "u00", 3);
        escape[4] = hexadecimal[one >> 4];
        escape[5] = hexadecimal[one & 15];
        bytes = 6;
    }
    sink(to, escape, bytes);
  }
  sink(to, text + plain, count - plain);
  sink(to, "\"", 1);
}
