// The time of every call, and what is printed of them: the same keys by both load generators.
#ifndef SMARTFLOW_BENCH_SAMPLES_H
#define SMARTFLOW_BENCH_SAMPLES_H

#include <stdint.h>
#include <time.h>

#include "options.h"

static uint32_t *samples;
static size_t sample_count, sample_capacity;

static uint64_t read_clock(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) < 0) fail("clock_gettime");
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t now(void) { return read_clock(CLOCK_MONOTONIC); }

static void record(uint64_t nanoseconds) {
  if (sample_count == sample_capacity) {
    sample_capacity = sample_capacity ? sample_capacity * 2 : 1 << 20;
    uint32_t *moved = (uint32_t *)realloc(samples, sample_capacity * sizeof *samples);
    if (!moved) fail("realloc");
    samples = moved;
  }
  samples[sample_count++] = nanoseconds > UINT32_MAX ? UINT32_MAX : (uint32_t)nanoseconds;
}

// What the processes of --process have used so far.
static uint64_t server_cpu_time(void) {
  uint64_t total = 0;
  for (unsigned index = 0; index < settings.process_count; index++) {
    clockid_t clock;
    int error = clock_getcpuclockid(settings.processes[index], &clock);
    if (error) {
      errno = error;
      fail("CPU time of a process");
    }
    total += read_clock(clock);
  }
  return total;
}

static int compare_samples(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

// Nearest rank, in microseconds: the smallest time that this share of the calls did not exceed.
static double percentile(double share) {
  size_t rank = (size_t)(share * (double)sample_count + 0.999999);
  if (rank < 1) rank = 1;
  if (rank > sample_count) rank = sample_count;
  return samples[rank - 1] / 1000.0;
}

// A measurement that is going on, or is over.
typedef struct {
  uint64_t begin, end;            // nanoseconds
  uint64_t server_cpu, load_cpu;  // nanoseconds
  uint64_t answers, unsent;
} measurement;

static measurement begin_measurement(void) {
  measurement one = {0, 0, 0, 0, 0, 0};
  one.server_cpu = server_cpu_time();
  one.load_cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
  one.begin = now();
  return one;
}

static void end_measurement(measurement *one) {
  one->end = now();
  one->load_cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID) - one->load_cpu;
  one->server_cpu = server_cpu_time() - one->server_cpu;
}

static void print_measurement(const measurement *one, size_t request_bytes) {
  if (!one->answers || !sample_count) give_up("nothing was answered");
  qsort(samples, sample_count, sizeof *samples, compare_samples);
  if (settings.prints_samples) {
    for (size_t index = 0; index < sample_count; index++) printf("%u\n", samples[index]);
  }
  double seconds = (double)(one->end - one->begin) / 1e9, answers = (double)one->answers;
  printf("{\"calls\": %llu, \"seconds\": %.6f, \"calls_per_second\": %.1f, ", (unsigned long long)one->answers, seconds,
         answers / seconds);
  if (settings.rate > 0) {
    printf("\"rate\": %.1f, \"unsent\": %llu, ", settings.rate, (unsigned long long)one->unsent);
  }
  printf("\"p50_us\": %.3f, \"p90_us\": %.3f, \"p99_us\": %.3f, \"p999_us\": %.3f, \"max_us\": %.3f, ", percentile(0.5),
         percentile(0.9), percentile(0.99), percentile(0.999), percentile(1));
  if (settings.process_count) {
    printf("\"server_cpu_us_per_call\": %.3f, ", (double)one->server_cpu / 1e3 / answers);
  }
  printf("\"load_cpu_us_per_call\": %.3f, \"request_bytes\": %zu}\n", (double)one->load_cpu / 1e3 / answers,
         request_bytes);
}

#endif
