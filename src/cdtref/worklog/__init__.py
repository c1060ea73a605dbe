"""A log of work done: entries, what they are worth, and how that compares."""

from cdtref.worklog.benchmark import Benchmark
from cdtref.worklog.entry import LogEntry
from cdtref.worklog.log import WorkLog
from cdtref.worklog.productivity import Productivity
from cdtref.worklog.summary import Group, Pace, Reason, WorkSummary
from cdtref.worklog.valuing import Unvalued, Valued

__all__ = [
    "Benchmark",
    "Group",
    "LogEntry",
    "Pace",
    "Productivity",
    "Reason",
    "Unvalued",
    "Valued",
    "WorkLog",
    "WorkSummary",
]
