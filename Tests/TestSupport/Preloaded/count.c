// Counts what a worker asks for: preloaded, it adds up allocations and calls of the system in two words of a file.
//
// Calls are those that go through the C library's functions below, which are all that a worker uses.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static _Atomic uint64_t *counts;

// Before the process gives up the right to open files.
__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("SMARTFLOW_TEST_COUNTS");
  if (!path || strcmp(program_invocation_short_name, "smartflow-worker") != 0) return;
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *memory = mmap(NULL, 2 * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory != MAP_FAILED) counts = memory;
  close(file);
}

static void count(int which) {
  if (counts) counts[which]++;
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) { return count(0), __libc_malloc(size); }
void *calloc(size_t number, size_t size) { return count(0), __libc_calloc(number, size); }
void *realloc(void *memory, size_t size) { return count(0), __libc_realloc(memory, size); }
void *memalign(size_t alignment, size_t size) { return count(0), __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **memory, size_t alignment, size_t size) {
  *memory = memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}

#define COUNTED(result, name, parameters, arguments)                        \
  result name parameters {                                                  \
    static result(*next) parameters;                                        \
    if (!next) next = (result(*) parameters)dlsym(RTLD_NEXT, #name);        \
    count(1);                                                               \
    return next arguments;                                                  \
  }

COUNTED(ssize_t, read, (int file, void *bytes, size_t size), (file, bytes, size))
COUNTED(ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size))
COUNTED(ssize_t, readv, (int file, const struct iovec *parts, int number), (file, parts, number))
COUNTED(ssize_t, writev, (int file, const struct iovec *parts, int number), (file, parts, number))
COUNTED(ssize_t, recv, (int file, void *bytes, size_t size, int flags), (file, bytes, size, flags))
COUNTED(ssize_t, send, (int file, const void *bytes, size_t size, int flags), (file, bytes, size, flags))
COUNTED(ssize_t, sendto,
        (int file, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t length),
        (file, bytes, size, flags, to, length))
COUNTED(ssize_t, pread, (int file, void *bytes, size_t size, off_t offset), (file, bytes, size, offset))
COUNTED(ssize_t, getrandom, (void *bytes, size_t size, unsigned flags), (bytes, size, flags))
COUNTED(int, getsockopt, (int file, int level, int name, void *value, socklen_t *size),
        (file, level, name, value, size))
COUNTED(ssize_t, recvmsg, (int file, struct msghdr *message, int flags), (file, message, flags))
COUNTED(ssize_t, sendmsg, (int file, const struct msghdr *message, int flags), (file, message, flags))
COUNTED(int, epoll_wait, (int file, struct epoll_event *events, int number, int wait), (file, events, number, wait))
COUNTED(int, epoll_ctl, (int file, int what, int other, struct epoll_event *event), (file, what, other, event))
COUNTED(int, poll, (struct pollfd *files, nfds_t number, int wait), (files, number, wait))
COUNTED(int, accept4, (int file, struct sockaddr *address, socklen_t *size, int flags), (file, address, size, flags))
COUNTED(int, close, (int file), (file))
COUNTED(void *, mmap, (void *address, size_t size, int access, int flags, int file, off_t offset),
        (address, size, access, flags, file, offset))
COUNTED(int, munmap, (void *address, size_t size), (address, size))
COUNTED(int, madvise, (void *address, size_t size, int what), (address, size, what))
