#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <link.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

_Static_assert(CLINUX_READ == EPOLLIN && CLINUX_WRITE == EPOLLOUT, "as in sys/epoll.h");
_Static_assert(CLINUX_ERROR == EPOLLERR && CLINUX_HANGUP == EPOLLHUP, "as in sys/epoll.h");
_Static_assert(CLINUX_PEER_HANGUP == EPOLLRDHUP, "as in sys/epoll.h");
_Static_assert(CLINUX_EXCLUSIVE == EPOLLEXCLUSIVE, "as in sys/epoll.h");

int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int watched, uint32_t bits, uint64_t token) {
  struct epoll_event event = {.events = bits, .data = {.u64 = token}};
  return epoll_ctl(epoll, operation, watched, &event);
}

int clinux_epoll_add(int epoll, int watched, uint32_t bits, uint64_t token) {
  return control(epoll, EPOLL_CTL_ADD, watched, bits, token);
}

int clinux_epoll_change(int epoll, int watched, uint32_t bits, uint64_t token) {
  return control(epoll, EPOLL_CTL_MOD, watched, bits, token);
}

int clinux_epoll_remove(int epoll, int watched) {
  return control(epoll, EPOLL_CTL_DEL, watched, 0, 0);
}

int clinux_epoll_wait(int epoll, clinux_report *reports, int capacity, int milliseconds) {
  struct epoll_event events[64];
  if (capacity > 64) capacity = 64;
  int count = epoll_wait(epoll, events, capacity, milliseconds);
  for (int index = 0; index < count; index++) {
    reports[index] = (clinux_report){events[index].data.u64, events[index].events};
  }
  return count;
}

int clinux_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int clinux_peer_credentials(int connection, clinux_credentials *credentials) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
  *credentials = (clinux_credentials){peer.pid, peer.uid, peer.gid};
  return 0;
}

int clinux_peer_groups(int connection, uint32_t *groups, uint32_t *count) {
  socklen_t size = *count * sizeof *groups;
  int result = getsockopt(connection, SOL_SOCKET, SO_PEERGROUPS, groups, &size);
  *count = size / sizeof *groups;
  return result;
}

ptrdiff_t clinux_random(void *bytes, size_t count) { return getrandom(bytes, count, 0); }

int clinux_processors(void) {
  cpu_set_t set;
  // It fails on a machine of more processors than the set has room for.
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int clinux_signalfd(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int index = 0; index < count; index++) {
    if (sigaddset(&set, signals[index]) != 0) return -1;
  }
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int clinux_next_signal(int descriptor) {
  struct signalfd_siginfo info;
  ptrdiff_t count;
  do count = read(descriptor, &info, sizeof info);
  while (count < 0 && errno == EINTR);
  return count == sizeof info ? (int)info.ssi_signo : 0;
}

int clinux_unblock_all_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  return sigprocmask(SIG_SETMASK, &set, NULL);
}

int clinux_pidfd_open(int process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int clinux_pidfd_signal(int process, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, process, signal, NULL, 0);
}

int clinux_pidfd_stopped(int process) {
  siginfo_t info = {.si_pid = 0};
  if (waitid(P_PIDFD, (id_t)process, &info, WSTOPPED | WNOHANG) != 0) return -1;
  return info.si_pid != 0;
}

int clinux_spawn(
    const char *path, const char *const *arguments, const int *descriptors, int count,
    int standard_error, int *process) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int code = posix_spawn_file_actions_init(&actions);
  if (code != 0) return code;
  code = posix_spawnattr_init(&attributes);
  if (code != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return code;
  }
  for (int index = 0; index < count && code == 0; index++) {
    code = posix_spawn_file_actions_adddup2(&actions, descriptors[index], 3 + index);
  }
  if (code == 0 && standard_error >= 0) {
    code = posix_spawn_file_actions_adddup2(&actions, standard_error, STDERR_FILENO);
  }
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  if (code == 0) code = posix_spawnattr_setsigmask(&attributes, &none);
  if (code == 0) code = posix_spawnattr_setsigdefault(&attributes, &all);
  if (code == 0) {
    code = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  pid_t started = 0;
  if (code == 0) {
    code = posix_spawn(
        &started, path, &actions, &attributes, (char *const *)arguments, environ);
  }
  *process = started;
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return code;
}

int clinux_become(const char *path, const char *const *arguments) {
  execv(path, (char *const *)arguments);
  return errno;
}

int clinux_collect(int process) {
  int status;
  pid_t collected;
  do collected = waitpid(process, &status, 0);
  while (collected < 0 && errno == EINTR);
  if (collected < 0) return INT32_MIN;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int clinux_memory_file(const char *name, size_t byte_count) {
  int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) return -1;
  if (ftruncate(descriptor, (off_t)byte_count) != 0) {
    int code = errno;
    close(descriptor);
    errno = code;
    return -1;
  }
  return descriptor;
}

int clinux_prctl(int option, unsigned long second, unsigned long third) {
  return prctl(option, second, third, 0, 0);
}

int clinux_get_capabilities(clinux_capabilities *capabilities) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3];
  if (syscall(SYS_capget, &header, words) != 0) return -1;
  *capabilities = (clinux_capabilities){
      words[0].effective | (uint64_t)words[1].effective << 32,
      words[0].permitted | (uint64_t)words[1].permitted << 32,
      words[0].inheritable | (uint64_t)words[1].inheritable << 32,
  };
  return 0;
}

int clinux_clear_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}, {0, 0, 0}};
  return (int)syscall(SYS_capset, &header, words);
}

int clinux_become_user(uint32_t user) { return setresuid(user, user, user); }

int clinux_become_group(uint32_t group) { return setresgid(group, group, group); }

int clinux_close_from(unsigned int lowest) {
  return (int)syscall(SYS_close_range, lowest, ~0U, 0);
}

int clinux_landlock_version(void) {
  return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

int clinux_landlock_ruleset(uint64_t files, uint64_t network, uint64_t scoped) {
  // The structure as of version 6; Debian's header ends with the first member. A kernel that knows fewer
  // takes the longer one as long as what it does not know is zero.
  struct {
    uint64_t files, network, scoped;
  } handled = {files, network, scoped};
  return (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
}

int clinux_landlock_restrict(int ruleset) {
  return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

long clinux_system_call(long number, const long *arguments, int count) {
  long padded[6] = {0};
  for (int index = 0; index < count && index < 6; index++) padded[index] = arguments[index];
  return syscall(number, padded[0], padded[1], padded[2], padded[3], padded[4], padded[5]);
}

long clinux_getpid_32(void) {
#if defined(__x86_64__)
  long result = 20;
  __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
  return result;
#else
  errno = ENOSYS;
  return -1;
#endif
}

int clinux_set_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

static int drop_pages(struct dl_phdr_info *file, size_t size, void *unused) {
  (void)size, (void)unused;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (size_t index = 0; index < file->dlpi_phnum; index++) {
    const ElfW(Phdr) *segment = &file->dlpi_phdr[index];
    if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
    uintptr_t begin = file->dlpi_addr + segment->p_vaddr;
    uintptr_t start = begin & ~(page - 1);
    // It fails where a page is locked, and then that is what was wanted.
    madvise((void *)start, begin + segment->p_memsz - start, MADV_DONTNEED);
  }
  return 0;
}

void clinux_drop_program_pages(void) { dl_iterate_phdr(drop_pages, NULL); }

ptrdiff_t clinux_send_descriptor(int socket, const void *bytes, size_t count, int descriptor) {
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct iovec vector = {(void *)bytes, count};
  struct msghdr message = {
      .msg_iov = &vector,
      .msg_iovlen = 1,
      .msg_control = control.space,
      .msg_controllen = sizeof control.space,
  };
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ptrdiff_t clinux_receive_descriptor(int socket, void *bytes, size_t count, int *descriptor) {
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec vector = {bytes, count};
  struct msghdr message = {
      .msg_iov = &vector,
      .msg_iovlen = 1,
      .msg_control = control.space,
      .msg_controllen = sizeof control.space,
  };
  *descriptor = -1;
  ptrdiff_t result = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (result < 0) return result;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
      header->cmsg_len == CMSG_LEN(sizeof(int))) {
    memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
  }
  return result;
}
