"""Run a command, and print the seconds it took and the bytes it held at most, as JSON.

This is a process of its own because Linux counts what the starting process held towards the peak of
the started one, and the benchmarks hold several frameworks.
"""

import json
import os
import subprocess
import sys
import time

started = time.perf_counter()
process = subprocess.Popen(
    sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, close_fds=True
)
_, status, usage = os.wait4(process.pid, 0)
taken = time.perf_counter() - started
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps([taken, usage.ru_maxrss * unit]))
sys.exit(os.waitstatus_to_exitcode(status))
