"""Files with one object or element per record: JSON and XML."""
