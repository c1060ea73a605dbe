"""
Pages of codes: their sections, questions and sentences, as Markdown, HTML, JSON-LD and drawn teeth.
"""

from cdtref.pages.codepage import CodePage
from cdtref.pages.faq import Question
from cdtref.pages.toothchart import tooth_chart

__all__ = ["CodePage", "Question", "tooth_chart"]
