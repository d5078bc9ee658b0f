"""Proposes how to read exports of any case system: `columns:`, `values:`, `stages:` and so on.

Only `annual-report map` imports this package, and with it rapidfuzz and ruamel.yaml.
"""
