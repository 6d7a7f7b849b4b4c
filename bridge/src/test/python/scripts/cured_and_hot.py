import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(__file__)))

import engine_bugs
import hot

for _ in range(20_000):
    hot.hot_function(100)
print(*engine_bugs.report(["async_with", "async_with_cancelled"]), sep="\n")
