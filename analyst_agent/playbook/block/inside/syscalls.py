"""System calls by name with their numbers on x86-64 and on arm64 (None where there is none), from Linux 6.x's unistd headers."""

from __future__ import annotations

import platform

# EM_X86_64 and EM_AARCH64 with the 64-bit and little-endian marks, as the kernel tells a filter (linux/audit.h).
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7), "arm64": (1, 0xC00000B7)}
HIGHEST = 450
"""Above it are calls younger than this list: they are answered as by a kernel that lacks them, so that libraries fall back."""

# What computing takes: memory, time, reading what is open or may be opened, waiting, ending.
COMPUTING: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "preadv": (295, 69),
    "pwrite64": (18, 68), "close": (3, 57), "close_range": (436, 436), "lseek": (8, 62), "fsync": (74, 82),
    "fdatasync": (75, 83), "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "pipe": (22, None), "pipe2": (293, 59),
    "stat": (4, None), "fstat": (5, 80), "lstat": (6, None), "newfstatat": (262, 79), "statx": (332, 291),
    "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "readlink": (89, None),
    "readlinkat": (267, 78), "getcwd": (79, 17), "getdents": (78, None), "getdents64": (217, 61), "fadvise64": (221, 223),
    "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216), "madvise": (28, 233),
    "brk": (12, 214), "msync": (26, 227), "futex": (202, 98), "rseq": (334, 293), "set_robust_list": (273, 99),
    "get_robust_list": (274, 100), "set_tid_address": (218, 96), "membarrier": (324, 283), "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137),
    "rt_sigsuspend": (130, 133), "sigaltstack": (131, 132), "pause": (34, None), "alarm": (37, None),
    "setitimer": (38, 103), "getitimer": (36, 102), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115), "nanosleep": (35, 101), "gettimeofday": (96, 169), "time": (201, None),
    "times": (100, 153), "getrusage": (98, 165), "getrlimit": (97, 163), "sysinfo": (99, 179), "uname": (63, 160),
    "getcpu": (309, 168), "getpid": (39, 172), "getppid": (110, 173), "gettid": (186, 178), "getuid": (102, 174),
    "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158), "getpgrp": (111, None),
    "getpgid": (121, 155), "getsid": (124, 156), "sched_yield": (24, 124), "sched_getaffinity": (204, 123),
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72), "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21), "epoll_wait": (232, None), "epoll_pwait": (281, 22), "eventfd2": (290, 19),
    "getrandom": (318, 278), "restart_syscall": (219, 128), "arch_prctl": (158, None), "exit": (60, 93),
    "exit_group": (231, 94),
}  # fmt: skip

# Allowed or not by their arguments.
ARGUED: dict[str, tuple[int | None, int | None]] = {
    "clone": (56, 220), "open": (2, None), "openat": (257, 56), "kill": (62, 129), "tgkill": (234, 131),
    "fcntl": (72, 25), "ioctl": (16, 29), "prctl": (157, 167), "prlimit64": (302, 261),
}  # fmt: skip

# Their structures cannot be looked into; libraries fall back to the older calls.
UNSEEN: dict[str, tuple[int | None, int | None]] = {"clone3": (435, 435), "openat2": (437, 437)}

SEALING: dict[str, tuple[int | None, int | None]] = {
    "seccomp": (317, 277), "landlock_create_ruleset": (444, 444), "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}  # fmt: skip


def is_known() -> bool:
    """Whether this machine's calls are in the tables."""
    return platform.machine() in ARCHITECTURES


def audit_architecture() -> int:
    """What the kernel calls this machine. Raises KeyError where it is not in the tables."""
    return ARCHITECTURES[platform.machine()][1]


def numbers(calls: dict[str, tuple[int | None, int | None]]) -> dict[str, int]:
    """The numbers on this machine of those calls that it has."""
    at = ARCHITECTURES[platform.machine()][0]
    return {name: found for name, both in calls.items() if (found := both[at]) is not None}
