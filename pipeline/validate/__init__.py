"""What do we hold, and may we rely on it?"""
