"""Procedures as data: the law and rules under which a complaint is handled, one YAML file each."""

from pipeline.procedures.duration import Duration
from pipeline.procedures.model import Content, Procedure, Requirement
from pipeline.procedures.stage import Clock, Stage

__all__ = ["Clock", "Content", "Duration", "Procedure", "Requirement", "Stage"]
