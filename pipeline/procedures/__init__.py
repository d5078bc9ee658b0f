"""Procedures as data: the law and rules under which a complaint is handled, one YAML file each."""

from pipeline.procedures.duration import Duration
from pipeline.procedures.model import Clock, Content, Procedure, Requirement, Stage

__all__ = ["Clock", "Content", "Duration", "Procedure", "Requirement", "Stage"]
