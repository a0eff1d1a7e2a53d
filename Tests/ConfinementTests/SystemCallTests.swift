import CSeccomp
import Testing

@testable import Confinement

@Suite struct `The table of system calls` {
  @Test(arguments: SystemCall.allowed.map(\.name))
  func `names a call that there is, once, and says what for`(name: String) throws {
    let rows = SystemCall.allowed.filter { $0.name == name }
    #expect(rows.count == 1)
    #expect(rows.allSatisfy { !$0.reason.isEmpty })
    #expect(seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR)
  }

  /// What a worker has not: files, network, other programs, other processes, code, rights.
  @Test(arguments: [
    "open", "openat", "openat2", "creat", "unlink", "unlinkat", "rename", "renameat2", "mkdirat",
    "linkat", "symlinkat", "truncate", "ftruncate", "chmod", "fchmodat", "newfstatat", "statx",
    "socket", "socketpair", "connect", "bind", "listen", "setsockopt", "fork", "vfork", "clone",
    "clone3", "execve", "execveat", "kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
    "pidfd_open", "pidfd_send_signal", "pidfd_getfd", "ptrace", "process_vm_readv",
    "process_vm_writev", "memfd_create", "pkey_mprotect", "shmat", "personality", "prctl",
    "arch_prctl", "setrlimit", "prlimit64", "setuid", "setresuid", "setgroups", "capset", "mount",
    "move_mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "bpf", "io_uring_setup",
    "io_uring_enter", "perf_event_open", "userfaultfd", "keyctl", "add_key", "ioctl", "fcntl",
    "dup", "dup2", "dup3", "seccomp", "landlock_restrict_self", "init_module", "kexec_load",
    "reboot", "swapon", "clock_settime", "syslog", "timer_create", "process_madvise",
  ])
  func `leaves out`(name: String) {
    #expect(seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR, "there is no such call")
    #expect(!SystemCall.allowed.contains { $0.name == name })
  }

  @Test func `lets no memory become code, and no other process be signalled`() {
    func condition(_ name: String) -> SystemCall.Condition? {
      SystemCall.allowed.first { $0.name == name }?.condition
    }
    #expect(condition("mmap") == .lacks(4, argument: 2))
    #expect(condition("mprotect") == .lacks(4, argument: 2))
    #expect(condition("getsockopt") == .equals(1, argument: 1))
    #expect(condition("tgkill") == .isThisProcess(argument: 0))
  }
}

@Suite struct `Landlock's rights` {
  @Test(
    arguments: [
      (1, 0x1FFF, 0, 0), (2, 0x3FFF, 0, 0), (3, 0x7FFF, 0, 0), (4, 0x7FFF, 3, 0),
      (5, 0xFFFF, 3, 0), (6, 0xFFFF, 3, 3), (7, 0xFFFF, 3, 3), (99, 0xFFFF, 3, 3),
    ] as [(Int32, UInt64, UInt64, UInt64)])
  func `are all that a version knows, and none that it does not`(
    version: Int32, files: UInt64, network: UInt64, scoped: UInt64
  ) {
    let rights = Landlock.Rights(version: version)
    #expect(rights.files == files)
    #expect(rights.network == network)
    #expect(rights.scoped == scoped)
  }
}
