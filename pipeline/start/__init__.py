"""How a council begins, and how each year does: the only room that writes under `data/raw`, and never over anything."""
