"""Imported by the fork server of a run that makes several reports, one after another.

It holds what the kernels of all steps need, which would otherwise import it for each report.
"""

from __future__ import annotations

from pipeline.run.kernels.preload import preloading

with preloading():
    import pipeline.run.kernels.preload.aggregate
    import pipeline.run.kernels.preload.clean
    import pipeline.run.kernels.preload.joint
    import pipeline.run.kernels.preload.kernel
    import pipeline.run.kernels.preload.report
    import pipeline.run.kernels.preload.validate
