"""Imported by the fork server of a batch: what a preview needs, and what makes other formats."""

from __future__ import annotations

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
    from pipeline.report.documents.pdf import preload_pdf_libraries

    preload_pdf_libraries()
