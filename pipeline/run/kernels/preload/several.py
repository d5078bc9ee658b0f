"""Imported by the fork server of a run that makes several reports, one after another.

It holds what the kernels of all steps need, which would otherwise import it for each report.
"""

from __future__ import annotations

from pipeline.run.kernels.preload import preloading

with preloading():
    # What a kernel or a notebook imports only when it first needs it.
    import concurrent.futures.process
    import encodings.utf_8_sig
    import multiprocessing.synchronize

    import holidays.countries.united_kingdom
    import pandas.core.arrays.arrow.extension_types
    import pandas.core.methods.to_dict
    import pandas.core.reshape.reshape
    import pandas.io.formats.csvs
    import pandas.io.formats.html
    import pyarrow.dataset

    import pipeline.run.kernels.preload.aggregate
    import pipeline.run.kernels.preload.clean
    import pipeline.run.kernels.preload.joint
    import pipeline.run.kernels.preload.kernel
    import pipeline.run.kernels.preload.report
    import pipeline.run.kernels.preload.suppression
    import pipeline.run.kernels.preload.validate
