"""Imported by the fork server of a preview, which makes the same report again and again.

It holds what the kernels of all steps and the page need, and which code each step can reach.
"""

from __future__ import annotations

from pipeline.run.kernels.preload import preloading

with preloading():
    # What a kernel or a notebook imports only when it first needs it.
    import concurrent.futures.process
    import encodings.utf_8_sig
    import multiprocessing.synchronize

    import holidays.countries.united_kingdom
    import nbformat
    import pandas.core.arrays.arrow.extension_types
    import pandas.core.methods.to_dict
    import pandas.core.reshape.reshape
    import pandas.io.formats.csvs
    import pandas.io.formats.html
    import pyarrow.dataset
    from PIL import Image

    import pipeline.audit.site
    import pipeline.release.personal.search
    import pipeline.run.chain
    import pipeline.run.execute
    import pipeline.run.kernels.preload.aggregate
    import pipeline.run.kernels.preload.clean
    import pipeline.run.kernels.preload.joint
    import pipeline.run.kernels.preload.kernel
    import pipeline.run.kernels.preload.report
    import pipeline.run.kernels.preload.validate
    import pipeline.run.record.crate
    from pipeline.artifacts import STEPS
    from pipeline.run.freshness import reachable_code_digest
    from pipeline.run.record import file_digest, package_digest
    from pipeline.run.steps import PROJECT_ROOT, notebook_path
    from pipeline.workflow import import_documents

    import_documents()
    Image.preinit()  # loads the image formats
    for step in STEPS:
        notebook = notebook_path(step, PROJECT_ROOT)
        # These fill caches: the digest of the code, and nbformat's compiled schema.
        reachable_code_digest(notebook, file_digest(notebook), package_digest())
        nbformat.read(notebook, as_version=4)
