"""Imported by the fork server of a run that withholds small numbers: the search for them, too.

In a kernel with too little memory, scipy's linear algebra would wait for ever.
"""

from __future__ import annotations

from pipeline.run.kernels.preload import preloading

with preloading():
    import pipeline.run.kernels.preload.kernel
    from pipeline.aggregate.disclosure import suppress
