"""The same with the read log on, as it is everywhere else."""

from tests.bench.settings import *

READ_LOG = True
