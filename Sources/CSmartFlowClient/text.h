/* UTF-8, and JSON that is written. */
#ifndef SMARTFLOW_TEXT_H
#define SMARTFLOW_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the bytes are UTF-8 as RFC 3629 has it: no surrogates, nothing overlong, nothing above U+10FFFF. */
bool sf_is_utf8(const void *bytes, size_t count);

/* The longest number below, with its zero byte. */
enum { SF_NUMBER_BYTES = 32 };
/* Digits that read back as the same number; not for infinities and NaN. The count of bytes, no zero byte. */
size_t sf_number_text(double value, char text[SF_NUMBER_BYTES]);
size_t sf_integer_text(int64_t value, char text[SF_NUMBER_BYTES]);
bool sf_is_finite(double value);

/* Where pieces of JSON go. */
typedef void (*sf_sink)(void *to, const char *text, size_t count);
/* A text in quotes, escaped. */
void sf_write_text(sf_sink sink, void *to, const char *text, size_t count);

#endif
