#include "CLinux.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <nmmintrin.h>
#endif

// CRC-32C: the polynomial 0x1EDC6F41, bits reversed.
#define POLYNOMIAL 0x82F63B78u

// Row 0 is the remainder of each byte; row n that of the byte with n zero bytes behind it.
static uint32_t table[8][256];
static int has_instruction;

// Before main and any thread: the tables are read without a lock, and cpuid may leave a virtual machine, which is
// too slow to ask each time.
__attribute__((constructor)) static void prepare(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
    table[0][byte] = crc;
  }
  for (int row = 1; row < 8; row++)
    for (int byte = 0; byte < 256; byte++) {
      uint32_t before = table[row - 1][byte];
      table[row][byte] = before >> 8 ^ table[0][before & 0xFF];
    }
#if defined(__x86_64__)
  unsigned int a, b, c, d;
  has_instruction = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2);
#endif
}

static uint32_t load_word(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

uint32_t clinux_crc32c_by_table(uint32_t before, const void *bytes, size_t count) {
  const uint8_t *next = bytes;
  uint32_t crc = ~before;
  for (; count >= 8; count -= 8, next += 8) {
    uint32_t low = load_word(next) ^ crc, high = load_word(next + 4);
    crc = table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^ table[4][low >> 24] ^
          table[3][high & 0xFF] ^ table[2][high >> 8 & 0xFF] ^ table[1][high >> 16 & 0xFF] ^ table[0][high >> 24];
  }
  for (; count > 0; count--, next++) crc = crc >> 8 ^ table[0][(crc ^ *next) & 0xFF];
  return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t by_instruction(
    uint32_t before, const void *bytes, size_t count) {
  const uint8_t *next = bytes;
  uint64_t crc = (uint32_t)~before;
  for (; count >= 8; count -= 8, next += 8) {
    uint64_t word;
    memcpy(&word, next, 8);
    crc = _mm_crc32_u64(crc, word);
  }
  uint32_t rest = (uint32_t)crc;
  for (; count > 0; count--, next++) rest = _mm_crc32_u8(rest, *next);
  return ~rest;
}
#endif

uint32_t clinux_crc32c(uint32_t before, const void *bytes, size_t count) {
#if defined(__x86_64__)
  if (has_instruction) return by_instruction(before, bytes, count);
#endif
  return clinux_crc32c_by_table(before, bytes, count);
}
