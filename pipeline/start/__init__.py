"""Starts a council and each of its years: writes new files to `data/raw`, overwrites none."""
