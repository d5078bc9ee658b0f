"""The layout of official education statistics: its columns, codes and rules."""
