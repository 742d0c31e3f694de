"""Blocks that try what a block may not do: name, code, and the reasons by which it may fail. Run by test_hostile.py.

OUTSIDE is replaced by a readable file beyond Python's library, FOLDER by a folder that could be written to, PORT by a
listening port of the loopback, PARENT by the caller's process id.
"""

from __future__ import annotations

from dataclasses import dataclass

PYTHON_OR_KERNEL = ("refused", "raised")


@dataclass(frozen=True)
class Hostile:
    """reasons: of the failure with the audit hook; kernel: without it, by the kernel alone (empty: not run so)."""

    name: str
    code: str
    reasons: tuple[str, ...]
    kernel: tuple[str, ...] = ()
    seconds: float = 20.0


OUTSIDE_WORLD = [
    Hostile("open_outside", "open('OUTSIDE').read()", ("file",), ("refused",)),
    Hostile("open_by_bytes", "open(b'OUTSIDE').read()", ("file",), ("refused",)),
    Hostile("open_passwd", "open('/etc/passwd').read()", ("file",), ("refused",)),
    Hostile("os_open", "import os\nos.read(os.open('OUTSIDE', os.O_RDONLY), 10)", ("file",), ("refused",)),
    Hostile(
        "climb_from_library",
        "import os\nopen(os.__file__ + '/../../../../../../../../etc/passwd')",
        ("file", "raised"),
        ("refused", "raised"),
    ),
    Hostile("read_csv_path", "pd.read_csv('/etc/passwd', sep=':')", ("file",), ("refused",)),
    Hostile("read_csv_url", "pd.read_csv('http://127.0.0.1:PORT/x.csv')", ("network", "raised"), ("refused", "raised")),
    Hostile("read_parquet", "pd.read_parquet('OUTSIDE')", ("file", "raised"), ("refused", "raised")),
    Hostile("numpy_load", "np.load('OUTSIDE', allow_pickle=True)", ("file",), ("refused",)),
    Hostile("numpy_fromfile", "np.fromfile('OUTSIDE', dtype='u1')", ("file",), ("refused",)),
    Hostile("numpy_memmap", "np.memmap('OUTSIDE', mode='r')", ("file",), ("refused",)),
    Hostile("write_file", "open('FOLDER/w', 'w').write('x')", ("file",), ("refused",)),
    Hostile("append_file", "open('FOLDER/w', 'a').write('x')", ("file",), ("refused",)),
    Hostile("pathlib_write", "import pathlib\npathlib.Path('FOLDER/w').write_text('x')", ("file",), ("refused",)),
    Hostile("to_csv", "pd.DataFrame({'a': [1]}).to_csv('FOLDER/w')", ("file",), ("refused", "raised")),
    Hostile(
        "sqlite",
        "import sqlite3\nsqlite3.connect('FOLDER/w').execute('create table t (a)')",
        ("file",),
        ("refused", "raised"),
    ),
    Hostile("tempfile", "import tempfile\ntempfile.NamedTemporaryFile()", ("file", "raised"), ("refused", "raised")),
    Hostile("mkdir", "import os\nos.mkdir('FOLDER/w')", ("file",), ("refused",)),
    Hostile("remove", "import os\nos.remove('OUTSIDE')", ("file",), ("refused",)),
    Hostile("rename", "import os\nos.rename('OUTSIDE', 'FOLDER/w')", ("file",), ("refused",)),
    Hostile("symlink_then_read", "import os\nos.symlink('OUTSIDE', 'FOLDER/w')", ("file",), ("refused",)),
    Hostile("truncate", "import os\nos.truncate('OUTSIDE', 0)", ("file",), ("refused",)),
    Hostile("chmod", "import os\nos.chmod('OUTSIDE', 0)", ("file",), ("refused",)),
    Hostile("list_folder", "import os\nresult = pd.DataFrame({'a': os.listdir('FOLDER')})", ("file",), ("refused",)),
    Hostile(
        "import_writes_pyc",
        "import sys\nsys.dont_write_bytecode = False\nsys.pycache_prefix = 'FOLDER'\nimport py_compile\npy_compile.compile(py_compile.__file__, cfile='FOLDER/w', doraise=True)",
        ("file",),
        ("refused", "raised"),
    ),
    Hostile(
        "import_outside",
        "import sys\nsys.path.insert(0, 'FOLDER')\nimport planted",
        ("file", "raised"),
        ("refused", "raised"),
    ),
    Hostile("own_memory", "open('/proc/self/mem', 'r+b')", ("file",), ("refused",)),
    Hostile("own_environment", "print(open('/proc/self/environ').read())", ("file",), ("refused",)),
    Hostile("parent_environment", "print(open('/proc/PARENT/environ').read())", ("file",), ("refused",)),
    Hostile("parent_memory", "open('/proc/PARENT/mem', 'r+b')", ("file",), ("refused",)),
    Hostile("descriptor_of_parent", "import os\nos.open('/proc/PARENT/fd/1', os.O_WRONLY)", ("file",), ("refused",)),
    Hostile("socket", "import socket\nsocket.create_connection(('127.0.0.1', PORT))", ("network",), ("refused",)),
    Hostile(
        "udp",
        "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))",
        ("network",),
        ("refused",),
    ),
    Hostile(
        "raw_socket_module",
        "import _socket\n_socket.socket(2, 1).connect(('127.0.0.1', PORT))",
        ("network",),
        ("refused",),
    ),
    Hostile("unix_socket", "import socket\nsocket.socketpair()", ("refused",), ("refused",)),
    Hostile("name_lookup", "import socket\nsocket.getaddrinfo('example.org', 80)", ("network",), ("raised", "refused")),
    Hostile(
        "urllib",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:PORT/')",
        ("network", "raised"),
        ("raised", "refused"),
    ),
    Hostile(
        "fork",
        "import os\nif os.fork() == 0:\n    import time\n    time.sleep(1000)",
        ("process",),
        ("refused", "raised"),
    ),
    Hostile(
        "fork_and_leave",
        "import os\nif os.fork() == 0:\n    os.setsid()\n    while True: pass",
        ("process",),
        ("refused", "raised"),
    ),
    Hostile(
        "subprocess",
        "import subprocess\nsubprocess.run(['/bin/sh', '-c', 'sleep 1000 &'])",
        ("process", "file", "raised"),
        ("refused", "raised"),
    ),
    Hostile(
        "os_system",
        "import os\nif os.system('touch FOLDER/w') != 0: raise RuntimeError('refused')",
        ("process",),
        ("raised",),
    ),
    Hostile("execv", "import os\nos.execv('/bin/sh', ['sh', '-c', 'touch FOLDER/w'])", ("process",), ("refused",)),
    Hostile(
        "posix_spawn",
        "import os\nos.posix_spawn('/bin/sh', ['sh', '-c', 'touch FOLDER/w'], {})",
        ("process",),
        ("refused", "raised"),
    ),
    Hostile(
        "fork_exec_directly",
        "import multiprocessing.util as u\nu.spawnv_passfds(b'/bin/sh', [b'sh', b'-c', b'sleep 1000'], [])",
        ("process", "refused", "raised"),
        ("refused", "raised"),
    ),
    Hostile(
        "multiprocessing",
        "import multiprocessing as m\nm.get_context('fork').Process(target=print).start()",
        ("process", "refused", "raised"),
        ("refused", "raised"),
    ),
    Hostile(
        "process_pool",
        "from concurrent.futures import ProcessPoolExecutor\nwith ProcessPoolExecutor(2) as pool:\n    list(pool.map(abs, range(4)))",
        ("process", "file", "refused", "raised", "network"),
        ("refused", "raised"),
    ),
    Hostile("kill_parent", "import os\nos.kill(PARENT, 9)", ("signal",), ("refused",)),
    Hostile("kill_group_of_parent", "import os\nos.killpg(os.getpgid(PARENT), 15)", ("signal",), ("refused",)),
    Hostile("kill_everything", "import os\nos.kill(-1, 9)", ("signal",), ("refused",)),
    Hostile(
        "raise_limits",
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)",
        ("limits",),
        ("refused", "raised"),
    ),
    Hostile(
        "limit_parent",
        "import resource\nresource.prlimit(PARENT, resource.RLIMIT_CPU, (1, 1))",
        ("limits",),
        ("refused",),
    ),
    Hostile(
        "signals_by_descriptor",
        "import fcntl, os\nr, w = os.pipe()\nfcntl.fcntl(r, 8, PARENT)",
        ("refused",),
        ("refused",),
    ),
    Hostile("native_code", "import ctypes\nctypes.CDLL(None).fork()", ("native",), ()),
    Hostile("native_read", "import ctypes\nctypes.string_at(0)", ("native",), ("crashed",)),
]

ESCAPES_FROM_THE_HOOK = [
    # Natively, where no audit event tells of it: the kernel must refuse.
    Hostile("native_open", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.open(b'OUTSIDE', 0) < 0: raise OSError(ctypes.get_errno(), 'open')", (), ("refused",)),
    Hostile("native_write", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.creat(b'FOLDER/w', 0o600) < 0: raise OSError(ctypes.get_errno(), 'creat')", (), ("refused",)),
    Hostile("native_fork", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.fork() < 0: raise OSError(ctypes.get_errno(), 'fork')", (), ("refused",)),
    Hostile("native_kill", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.kill(PARENT, 9) < 0: raise OSError(ctypes.get_errno(), 'kill')", (), ("refused",)),
    Hostile("native_socket", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.socket(2, 1, 0) < 0: raise OSError(ctypes.get_errno(), 'socket')", (), ("refused",)),
    Hostile("native_exec", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nargv = (ctypes.c_char_p * 2)(b'sh', None)\nif libc.execv(b'/bin/sh', argv) < 0: raise OSError(ctypes.get_errno(), 'execv')", (), ("refused",)),
    Hostile("native_ptrace", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.ptrace(16, PARENT, 0, 0) < 0: raise OSError(ctypes.get_errno(), 'ptrace')", (), ("refused",)),
    Hostile("native_io_uring", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.syscall(425, 8, bytes(120)) < 0: raise OSError(ctypes.get_errno(), 'io_uring_setup')", (), ("refused",)),
    Hostile("native_read_parent", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.process_vm_readv(PARENT, None, 0, None, 0, 0) < 0: raise OSError(ctypes.get_errno(), 'process_vm_readv')", (), ("refused",)),
    Hostile("native_outlives_parent", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.prctl(1, 0, 0, 0, 0) < 0: raise OSError(ctypes.get_errno(), 'prctl')", (), ("refused",)),
    Hostile("native_leaves_group", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.setsid() < 0: raise OSError(ctypes.get_errno(), 'setsid')", (), ("refused",)),
    Hostile("native_second_filter", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.prctl(22, 2, 0, 0, 0) < 0: raise OSError(ctypes.get_errno(), 'seccomp')", (), ("refused",)),
    Hostile("native_shared_memory", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.shmget(0, 4096, 0o1600) < 0: raise OSError(ctypes.get_errno(), 'shmget')", (), ("refused",)),
    Hostile("memory_file", "import os\nos.memfd_create('x')", (), ("refused",)),
    # Python's own ways around the hook, with the hook on: patched through the modules and frames of this very process.
    Hostile("hook_through_modules", "import sys, builtins\nh = sys.modules['inside.hook']\nh._WRITING = 0\nh.Forbidden = ValueError\nopen('OUTSIDE').read()", ("refused", "raised", "file"), ()),
    Hostile("hook_through_gc", "import gc\nfor one in gc.get_objects():\n    if callable(one) and getattr(one, '__name__', '') == 'is_readable':\n        for cell in one.__closure__:\n            cell.cell_contents = ('/',)\nopen('OUTSIDE').read()", ("refused",), ()),
    Hostile("hook_through_frames", "import sys\nsys.modules['inside.hook'].os.path.realpath = lambda p: '/usr/lib'\nopen('OUTSIDE').read()", ("refused",), ()),
    Hostile("hook_code_swapped", "import gc, types\nfor one in gc.get_objects():\n    if isinstance(one, types.FunctionType) and one.__qualname__.endswith('hook_of.<locals>.hook'):\n        one.__code__ = (lambda event, arguments: None).__code__.replace(co_freevars=one.__code__.co_freevars)\nopen('OUTSIDE').read()", ("refused",), ()),
]  # fmt: skip

EXHAUSTING = [
    Hostile("loop", "x = 0\nwhile True:\n    x += 1", ("time",), seconds=1),
    Hostile("sleep", "import time\ntime.sleep(10**6)", ("time",), seconds=1),
    Hostile("loop_in_c", "sum(iter(int, 1))", ("time",), seconds=1),
    Hostile("catches_everything", "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass", ("time",), seconds=1),
    Hostile("blocks_signals", "import signal\nfor n in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT, signal.SIGXCPU):\n    signal.signal(n, signal.SIG_IGN)\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass", ("time",), seconds=1),
    Hostile("cancels_its_timer", "import faulthandler\nfaulthandler.cancel_dump_traceback_later()\nwhile True: pass", ("time",), seconds=1),
    Hostile("forged_restart", "import os\nwhile True:\n    for fd in range(3, 4096):\n        try:\n            os.write(fd, b'started\\n')\n        except OSError:\n            pass", ("time", "result_size"), seconds=1),
    Hostile("slow_str_of_error", "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E", ("time",), seconds=1),
    Hostile("compile_forever", "9**9**9**9", ("time", "memory"), seconds=1),
    Hostile("ten_gigabytes", "x = bytearray(10 * 2**30)", ("memory",)),
    Hostile("ten_gigabytes_of_numpy", "x = np.ones(10 * 2**27)", ("memory",)),
    Hostile("grows", "x = []\nwhile True:\n    x.append('y' * 10**6 + str(len(x)))", ("memory",)),
    Hostile("mapped", "import mmap\nx = mmap.mmap(-1, 10 * 2**30)", ("memory", "raised")),
    Hostile("recursion", "def f(): return f()\nf()", ("recursion",)),
    Hostile("deep_recursion", "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f()\nf()", ("memory", "crashed", "recursion", "time"), seconds=5),
    Hostile("deep_source", "x = " + "(" * 5000 + ")" * 5000, ("syntax", "memory", "recursion")),
    Hostile("many_files", "import os\nx = [os.open(os.devnull, 0) for _ in range(10**5)]", ("raised",)),
    Hostile("many_pipes", "import os\nx = [os.pipe() for _ in range(10**5)]", ("raised",)),
    Hostile("segfault", "import sys, types\ncode = (lambda: 0).__code__\nexec(code.replace(co_code=b'\\x64\\xff' * 10, co_consts=()))", ("crashed", "raised", "exit")),
    Hostile("aborts", "import os\nos.abort()", ("crashed",)),
    Hostile("kills_itself", "import os, signal\nsignal.raise_signal(9)", ("killed",)),
    Hostile("threads_outlive", "import threading\ndef f():\n    while True: pass\nfor _ in range(4): threading.Thread(target=f).start()\nraise KeyError('main')", ("raised",)),
    Hostile("exits", "import sys\nsys.exit(3)", ("exit",)),
    Hostile("exits_quietly", "raise SystemExit", ("exit",)),
    Hostile("exits_hard", "import os\nos._exit(0)", ("exit",)),
    Hostile("raises", "frame = pd.DataFrame({'a': [1]})\nframe['b']", ("raised",)),
    Hostile("raises_base", "raise BaseException('x')", ("raised",)),
    Hostile("raises_group", "raise ExceptionGroup('many', [ValueError(1), TypeError(2)])", ("raised",)),
    Hostile("raises_unprintable", "class E(Exception):\n    def __str__(self): raise E\nraise E", ("raised",)),
    Hostile("raises_huge", "raise ValueError('x' * 10**7)", ("raised",)),
    Hostile("raises_lines", "raise ValueError('a\\n\\x1b[31mb\\u202e<script>')", ("raised",)),
    Hostile("interrupts_itself", "raise KeyboardInterrupt", ("raised",)),
    Hostile("syntax", "x = (1,\ny = 2", ("syntax",)),
    Hostile("null_byte", "x = 'a\\0b'\x00", ("raised", "syntax")),
    Hostile("breaks_stdout", "import sys\nsys.stdout.close()\nsys.stderr.close()\nsys.excepthook = None\nraise ValueError(1)", ("exit", "raised")),
]  # fmt: skip

FORGED = [
    Hostile("forged_result", "import os\nfor fd in range(1, 4096):\n    try:\n        os.write(fd, b'{\"tables\": [], \"facts\": [], \"charts\": []}')\n    except OSError:\n        pass\nos._exit(0)", ("result",)),
    Hostile("forged_before_the_result", "import os\nfor fd in range(3, 4096):\n    try:\n        os.write(fd, b'{}')\n    except OSError:\n        pass", ("result",)),
    Hostile("forged_deep", "import os\nfor fd in range(3, 4096):\n    try:\n        os.write(fd, b'[' * 50000)\n    except OSError:\n        pass\nos._exit(0)", ("result",)),
    Hostile("forged_digits", "import os\nfor fd in range(3, 4096):\n    try:\n        os.write(fd, b'9' * 60000)\n    except OSError:\n        pass\nos._exit(0)", ("result",)),
    Hostile("forged_flood", "import os\nwhile True:\n    for fd in range(3, 4096):\n        try:\n            os.write(fd, b'x' * 60000)\n        except OSError:\n            pass", ("result_size",)),
    Hostile("closes_every_descriptor", "import os\nos.closerange(0, 4096)", ("exit", "raised")),
    Hostile("patched_checks", "import sys\nsys.modules['inside.shape'].table = lambda raw: dict(raw)\nsys.modules['inside.shape'].number = lambda raw, where: raw\nsys.modules['inside.shape'].whole = lambda *a: None\nresult = pd.DataFrame({'a': [10**300, 2]})", ("result",)),
    Hostile("patched_unit", "import sys\nsys.modules['inside.shape'].UNITS = ('euro',)\nsys.modules['inside.shape'].NUMBERS = ('euro',)\nfact('a', 1, 'euro')", ("result",)),
    Hostile("patched_rows", "import sys\ns = sys.modules['inside.shape']\ns.MOST_ROWS = sys.modules['inside.frames'].MOST_ROWS = s.MOST_CELLS = 10**9\nresult = pd.DataFrame({'a': range(20000)})", ("result",)),
]  # fmt: skip

UNUSABLE = [
    Hostile("million_rows", "result = pd.DataFrame({'a': range(10**6)})", ("result",)),
    Hostile("many_columns", "result = pd.DataFrame({f'c{i}': [1] for i in range(60)})", ("result",)),
    Hostile("many_tables", "result = {f't{i}': pd.DataFrame({'a': [1]}) for i in range(30)}", ("result",)),
    Hostile("many_numbers", "result = {f't{i}': pd.DataFrame({f'c{j}': range(5000) for j in range(5)}) for i in range(3)}", ("result",)),
    Hostile("infinite", "result = pd.DataFrame({'a': [1, 2]})\nresult['b'] = result['a'] / 0\ntable('x', result, units={'b': 'ratio'})", ("result",)),
    Hostile("infinite_fact", "fact('a', float('inf'), 'ratio')", ("result",)),
    Hostile("huge_whole_number", "fact('a', 10**400, 'count')", ("result",)),
    Hostile("huge_float", "fact('a', 1e300, 'count')", ("result",)),
    Hostile("huge_text", "result = pd.DataFrame({'a': ['x' * 10**6]})", ("result",)),
    Hostile("nested", "result = pd.DataFrame({'a': [{'b': 1}, [2]]})", ("result",)),
    Hostile("complex", "result = pd.DataFrame({'a': [1j]})", ("result",)),
    Hostile("twice_the_same_column", "result = pd.DataFrame([[1, 2]], columns=['a', 'a'])", ("result",)),
    Hostile("columns_of_levels", "result = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([('a', 'b'), ('a', 'c')]))", ("result",)),
    Hostile("column_without_name", "result = pd.DataFrame([[1, 2]])", ("result",)),
    Hostile("blank_column", "result = pd.DataFrame({' \\u200b': [1]})", ("result",)),
    Hostile("no_frame", "result = [1, 2]", ("result",)),
    Hostile("no_frame_in_mapping", "result = {'a': 3}", ("result",)),
    Hostile("no_unit", "result = pd.DataFrame({'a': [0.5]})", ("result",)),
    Hostile("unknown_unit", "table('x', pd.DataFrame({'a': [0.5]}), units={'a': 'percent'})", ("result",)),
    Hostile("unit_of_no_column", "table('x', pd.DataFrame({'a': [0.5]}), units={'a': 'ratio', 'b': 'ratio'})", ("result",)),
    Hostile("number_is_text", "table('x', pd.DataFrame({'a': ['b']}), units={'a': 'ratio'})", ("result",)),
    Hostile("mixed", "result = pd.DataFrame({'a': [1, 'b']})", ("result",)),
    Hostile("same_title", "for _ in range(2): table('x', pd.DataFrame({'a': [1]}))", ("result",)),
    Hostile("chart_of_nothing", "chart('bars', 'x', label='a', value='b')", ("result",)),
    Hostile("chart_of_no_kind", "table('x', pd.DataFrame({'a': ['b', 'c'], 'n': [1, 2]}))\nchart('pie', 'x', label='a', value='n')", ("result",)),
    Hostile("chart_without_part", "table('x', pd.DataFrame({'a': ['b', 'c'], 'n': [1, 2]}))\nchart('slope', 'x', label='a')", ("result",)),
    Hostile("fact_unknown_argument", "fact('a', 1, 'count', colour='red')", ("result",)),
    Hostile("backward_interval", "fact('a', 1, 'ratio', interval=(2, 1))", ("result",)),
    Hostile("negative_n", "fact('a', 1, 'ratio', n=-1)", ("result",)),
]  # fmt: skip
