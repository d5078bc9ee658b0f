"""Text in the wrong encoding: how a file is decoded, and the damage of earlier decodings."""
