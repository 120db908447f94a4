"""All tests. They count into a folder of their own, never into that of a running instance."""

import os
import tempfile

os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="eventmatch-metrics-")
