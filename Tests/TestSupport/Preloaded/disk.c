// A disk that a test stops: preloaded, fsync and fdatasync of a process wait while the first byte of a file is not 0.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int (*synchronize)(int);
static int (*synchronize_data)(int);
static const volatile unsigned char *stopped;

// Before the process gives up the right to open files.
__attribute__((constructor)) static void begin(void) {
  synchronize = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  synchronize_data = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  const char *path = getenv("SMARTFLOW_TEST_DISK");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *memory = mmap(NULL, 1, PROT_READ, MAP_SHARED, file, 0);
  if (memory != MAP_FAILED) stopped = memory;
  close(file);
}

static void wait_for_disk(void) {
  while (stopped && *stopped) usleep(1000);
}

int fsync(int file) {
  wait_for_disk();
  return synchronize(file);
}

int fdatasync(int file) {
  wait_for_disk();
  return synchronize_data(file);
}
