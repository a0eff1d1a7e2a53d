// Calls of Linux that Swift's Glibc module leaves out, with plain types.
//
// Each returns what the kernel's does: -1 with errno set where it fails.
#ifndef SMARTFLOW_CLINUX_H
#define SMARTFLOW_CLINUX_H

#include <stddef.h>
#include <stdint.h>

// epoll(7). A report is the caller's token and the kernel's bits.
typedef struct {
  uint64_t token;
  uint32_t bits;
} clinux_report;

enum {
  CLINUX_READ = 0x001,
  CLINUX_WRITE = 0x004,
  CLINUX_ERROR = 0x008,
  CLINUX_HANGUP = 0x010,
  CLINUX_PEER_HANGUP = 0x2000,
  CLINUX_EXCLUSIVE = 1 << 28,
};

int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int watched, uint32_t bits, uint64_t token);
int clinux_epoll_change(int epoll, int watched, uint32_t bits, uint64_t token);
int clinux_epoll_remove(int epoll, int watched);
int clinux_epoll_wait(int epoll, clinux_report *reports, int capacity, int milliseconds);

// accept4(2), close-on-exec and non-blocking, without an address.
int clinux_accept(int listener);

// getsockopt(2) SO_PEERCRED.
typedef struct {
  int32_t process;
  uint32_t user;
  uint32_t group;
} clinux_credentials;

int clinux_peer_credentials(int connection, clinux_credentials *credentials);

// getsockopt(2) SO_PEERGROUPS: at most `count` groups; `count` becomes how many there are, also where it fails with
// ERANGE since there are more.
int clinux_peer_groups(int connection, uint32_t *groups, uint32_t *count);

// getrandom(2).
ptrdiff_t clinux_random(void *bytes, size_t count);

// How many processors this process may run on: sched_getaffinity(2), or as many as there are.
int clinux_processors(void);

// eventfd(2), close-on-exec and non-blocking.
int clinux_eventfd(void);

// Blocks the signals and gives a descriptor that reports them: signalfd(2).
int clinux_signalfd(const int *signals, int count);
// The number of a signal that has arrived, 0 when there is none.
int clinux_next_signal(int descriptor);
// Empties the calling thread's signal mask.
int clinux_unblock_all_signals(void);

// A descriptor that becomes readable when the process ends: pidfd_open(2).
int clinux_pidfd_open(int process);

// pidfd_send_signal(2): reaches this process, or nobody.
int clinux_pidfd_signal(int process, int signal);
// waitid(2): 1 when the process has been stopped since it was asked last, 0 when not.
int clinux_pidfd_stopped(int process);

// memfd_create(2), close-on-exec, of a fixed size.
int clinux_memory_file(const char *name, size_t byte_count);

// Starts a program with an empty signal mask, default signal actions, the environment of this one, and of
// its descriptors only the standard ones and the given: `descriptors[i]` becomes 3 + i. The given ones must
// lie above 3 + count, and so must the one that becomes standard error; -1 leaves that as it is. Returns 0 or an
// error number: posix_spawn(3).
int clinux_spawn(
    const char *path, const char *const *arguments, const int *descriptors, int count,
    int standard_error, int *process);

// Becomes another program in the same process: execv(3). Returns the error number where the kernel refuses.
int clinux_become(const char *path, const char *const *arguments);

// waitpid(2) of a process that has ended. Returns its exit status, or minus the signal that ended it, or
// INT32_MIN when there is none to wait for.
int clinux_collect(int process);

// prctl(2); what an option does not take is zero.
int clinux_prctl(int option, unsigned long second, unsigned long third);

// The calling thread's capabilities, a bit each: capget(2), capset(2).
typedef struct {
  uint64_t effective;
  uint64_t permitted;
  uint64_t inheritable;
} clinux_capabilities;

int clinux_get_capabilities(clinux_capabilities *capabilities);
int clinux_clear_capabilities(void);

// Becomes a user, or a group, for good: setresuid(2), setresgid(2).
int clinux_become_user(uint32_t user);
int clinux_become_group(uint32_t group);

// Closes every descriptor from `lowest` on: close_range(2).
int clinux_close_from(unsigned int lowest);

// landlock(7): the newest version that the kernel knows, a rule set of no rule, and to live by it.
int clinux_landlock_version(void);
int clinux_landlock_ruleset(uint64_t files, uint64_t network, uint64_t scoped);
int clinux_landlock_restrict(int ruleset);

// Any call by its number: syscall(2). For trying what must fail.
long clinux_system_call(long number, const long *arguments, int count);
// getpid(2) by the 32-bit entry of a 64-bit kernel; ENOSYS where the processor has none.
long clinux_getpid_32(void);

// prctl(2) PR_SET_NAME: what `ps` and /proc show, cut to 15 bytes.
int clinux_set_name(const char *name);

// madvise(2) MADV_DONTNEED over what the files of the program and its libraries hold and nobody writes to: code and
// constants. They are the files', so that what is needed again is mapped again, and nothing is lost.
void clinux_drop_program_pages(void);

// Sends and receives one descriptor beside a packet: SCM_RIGHTS.
ptrdiff_t clinux_send_descriptor(int socket, const void *bytes, size_t count, int descriptor);
ptrdiff_t clinux_receive_descriptor(int socket, void *bytes, size_t count, int *descriptor);

// CRC-32C (RFC 3720) of bytes that follow others, whose own is `before`; 0 for none. By the processor's instruction
// where it has one, and by tables, eight bytes at a time, where not; the second always by tables.
uint32_t clinux_crc32c(uint32_t before, const void *bytes, size_t count);
uint32_t clinux_crc32c_by_table(uint32_t before, const void *bytes, size_t count);

#endif
