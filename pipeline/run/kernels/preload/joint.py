"""Imported by a waiting kernel: what `5_joint.ipynb` needs to combine figures and to write."""

from __future__ import annotations

import pipeline.joint.notebook
import pipeline.run.kernels.preload.report
