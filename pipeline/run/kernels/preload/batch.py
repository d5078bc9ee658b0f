"""Imported by the fork server of a batch: what a preview needs, and what makes other formats."""

from __future__ import annotations

from contextlib import suppress

from pipeline.run.kernels.preload import preloading

with preloading():
    import docx
    import gptables
    import odfdo
    import openpyxl
    import pypandoc
    import pypdfium2

    import pipeline.run.kernels.preload.draft
    import pipeline.run.kernels.preload.suppression

    # A system library that this machine lacks is reported when the PDF is made.
    with suppress(OSError):
        import weasyprint
